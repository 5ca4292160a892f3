package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.TrustedProxies;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads by HTTP/2 that have been answered, and whose response the client has no window
 * for.
 */
class AbandonedUploadTests {

	private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private static final String SETTINGS_WITHOUT_WINDOW = "\0\0\6\4\0\0\0\0\0\0\4\0\0\0\0";

	/** HEADERS of a POST that goes on, for the host a. */
	private static final String POST = "\0\0\6\1\4\0\0\0\1\u0083\u0086\u0084A\1a";

	private static final String RESET = "\0\0\4\3\0\0\0\0\1\0\0\0\u0008";

	private static final int NOTHING_SCHEDULED = -1;

	private final MockTicker ticker = Ticker.newMockTicker();

	private final FakeExchanges exchanges = new FakeExchanges();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.ticker);

	@BeforeEach
	void ask() {
		TrafficSettings settings = new TrafficSettings("127.0.0.1", 0, 1, List.of(), "", "", TrafficLimits.DEFAULTS,
				TrafficTimes.DEFAULTS);
		new ClientConnections(this.loop, settings, new ClientCount(TrafficLimits.DEFAULTS),
				new TrustedProxies(List.of()), new RequestIds(), new ExchangeListener() {
				}, () -> false, this.exchanges)
			.accept(this.channel);
		this.exchanges.first = (exchange) -> exchange.answer(413, "no");
		receive(PREFACE + SETTINGS_WITHOUT_WINDOW + POST);
		assertThat(this.exchanges.all).hasSize(1);
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	private void receive(String text) {
		this.channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
		this.channel.runPendingTasks();
	}

	private void pass(int seconds) {
		this.ticker.advanceMillis(seconds * 1000L);
		this.loop.runTimers();
	}

	@Test
	void uploadIsLookedAtAgainWhileTheResponseWaits() {
		pass(3);
		assertThat(this.channel.runScheduledPendingTasks()).isNotEqualTo(NOTHING_SCHEDULED);
	}

	@Test
	void uploadThatTheClientHasResetIsForgotten() {
		receive(RESET);
		pass(3);
		assertThat(this.channel.runScheduledPendingTasks()).isEqualTo(NOTHING_SCHEDULED);
	}

	@Test
	void uploadOfAConnectionThatHasEndedIsForgotten() {
		this.channel.pipeline().fireChannelInactive();
		pass(3);
		assertThat(this.channel.runScheduledPendingTasks()).isEqualTo(NOTHING_SCHEDULED);
	}

}
