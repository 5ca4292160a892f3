package dev.holdfast.proxy.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.http2.Http2Stream;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class Http2ClientStreamTests {

	private final MockTicker time = Ticker.newMockTicker();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.time);

	private final FakeStream stream = new FakeStream();

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	private Http2ClientStream begin(long contentLength, boolean body) {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_2, "POST", "/");
		head.frame(contentLength, false, body);
		ClientContext context = new ClientContext(this.loop,
				new TrafficSettings("127.0.0.1", 0, 1, List.of(), "", "", TrafficLimits.DEFAULTS,
						TrafficTimes.DEFAULTS),
				new ClientCount(TrafficLimits.DEFAULTS), new OpenConnections(),
				new RequestParsers(TrafficLimits.DEFAULTS), new RequestIds(), new ExchangeListener() {
				}, () -> false, (request) -> {
				});
		Http2ClientConnection connection = new Http2ClientConnection(context, this.channel,
				new ClientPeer("127.0.0.1", false, false, null));
		connection.beginRequest();
		return new Http2ClientStream(connection, this.stream, head, null);
	}

	private void answer(Http2ClientStream request) {
		ResponseHead head = new ResponseHead();
		head.begin(HttpVersion.HTTP_2, 404, "");
		head.frame(0, false);
		request.writeHead(head);
	}

	private void pass(Duration duration) {
		this.time.advance(duration.toNanos(), TimeUnit.NANOSECONDS);
		this.loop.runTimers();
	}

	@Test
	void uploadIsStoppedWhenTheResponseHasBeenSent() {
		answer(begin(-1, true));
		pass(Duration.ofSeconds(1));
		assertThat(this.stream.resets).isEmpty();
		this.stream.outputEnded = true;
		pass(Duration.ofSeconds(1));
		assertThat(this.stream.resets).containsExactly(0L);
	}

	@Test
	void nothingIsLeftToDoForAStreamThatIsGone() {
		for (int i = 0; i < 3; i++) {
			Http2ClientStream request = begin(-1, true);
			answer(request);
			switch (i) {
				case 0 -> request.onReset(8, true);
				case 1 -> request.onRefused();
				default -> request.onConnectionLost(null);
			}
			pass(Duration.ofSeconds(1));
			pass(Duration.ofSeconds(1));
			assertThat(this.stream.asked).isZero();
		}
	}

	@Test
	void streamThatIsNeverEndedIsStopped() {
		this.stream.outputEnded = true;
		answer(begin(0, false));
		answer(begin(10, true));
		pass(Duration.ofSeconds(1));
		assertThat(this.stream.resets).isEmpty();
		pass(Duration.ofMinutes(1));
		assertThat(this.stream.resets).containsExactly(0L, 0L);
	}

	@Test
	void streamThatHasEndedIsNotStopped() {
		this.stream.outputEnded = true;
		this.stream.inputEnded = true;
		answer(begin(0, false));
		answer(begin(10, true));
		answer(begin(-1, true));
		pass(Duration.ofMinutes(1));
		assertThat(this.stream.resets).isEmpty();
	}

	/**
	 * A stream that writes down what is done to it.
	 */
	private static final class FakeStream extends Http2Stream {

		private final List<Long> resets = new ArrayList<>();

		private int asked;

		private boolean outputEnded;

		private boolean inputEnded;

		@Override
		public int id() {
			return 1;
		}

		@Override
		public void listen(Listener listener) {
		}

		@Override
		public void writeHead(ResponseHead head, boolean end) {
		}

		@Override
		public void writeData(ByteBuf data, boolean end) {
			data.release();
		}

		@Override
		public void writeTrailers(HeaderFields trailers) {
		}

		@Override
		public void reset(long code) {
			this.resets.add(code);
		}

		@Override
		public boolean isWritable() {
			return true;
		}

		@Override
		public boolean isOutputEnded() {
			this.asked++;
			return this.outputEnded;
		}

		@Override
		public boolean isInputEnded() {
			return this.inputEnded;
		}

		@Override
		public void pause() {
		}

		@Override
		public void resume() {
		}

	}

}
