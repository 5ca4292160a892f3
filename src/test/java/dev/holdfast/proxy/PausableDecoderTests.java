package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PausableDecoderTests {

	private static final String HEAD = "POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 10\r\n\r\n";

	private final PausableDecoder decoder = new RequestDecoder(new Line(),
			new TrafficLimits(16 * 1024, 16 * 1024, 100, 1, 0, 100, 200));

	private final EmbeddedChannel channel = new EmbeddedChannel(this.decoder);

	private final StringBuilder body = new StringBuilder();

	private boolean ended;

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void handsOnNothingMoreAndIsNotReadUntilItGoesOn() {
		receive(HEAD + "12");
		this.decoder.pause();
		receive("345");
		assertThat(this.body).hasToString("12");
		assertThat(isRead()).isFalse();
		this.decoder.resume();
		assertThat(this.body).as("not before the caller is done").hasToString("12");
		run();
		assertThat(this.body).hasToString("12345");
		assertThat(isRead()).isTrue();
		receive("67890");
		assertThat(this.body).hasToString("1234567890");
		assertThat(this.ended).isTrue();
	}

	@Test
	void stopsInTheMiddleOfWhatWasRead() {
		this.channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				if (message instanceof ReceivedRequest) {
					PausableDecoderTests.this.decoder.pause();
				}
				context.fireChannelRead(message);
			}
		});
		receive(HEAD + "1234567890" + HEAD);
		assertThat(this.body).isEmpty();
		assertThat(isRead()).isFalse();
		this.decoder.resume();
		run();
		assertThat(this.body).hasToString("1234567890");
		assertThat(this.ended).isTrue();
	}

	@Test
	void pauseThatIsOverBeforeAnythingComesIsNotNoticed() {
		receive(HEAD + "12");
		this.decoder.pause();
		assertThat(isRead()).isTrue();
		this.decoder.resume();
		receive("34567890");
		assertThat(this.body).hasToString("1234567890");
		assertThat(this.channel.hasPendingTasks()).isFalse();
	}

	@Test
	void pauseThatComesBeforeItGoesOnStays() {
		receive(HEAD + "12");
		this.decoder.pause();
		receive("345");
		this.decoder.resume();
		this.decoder.pause();
		run();
		assertThat(this.body).hasToString("12");
		assertThat(isRead()).isFalse();
	}

	@Test
	void whatIsLeftComesBeforeTheEnd() {
		List<String> events = new ArrayList<>();
		this.channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
			@Override
			public void channelReadComplete(ChannelHandlerContext context) {
				events.add("read complete");
				PausableDecoderTests.this.decoder.pause();
			}

			@Override
			public void channelInactive(ChannelHandlerContext context) {
				events.add("inactive");
			}
		});
		receive(HEAD + "12");
		this.decoder.pause();
		receive("34567890");
		events.clear();
		this.channel.close().syncUninterruptibly();
		run();
		assertThat(events).containsExactly("read complete", "inactive");
		assertThat(this.body).hasToString("1234567890");
		assertThat(this.ended).isTrue();
	}

	private boolean isRead() {
		return this.channel.config().isAutoRead();
	}

	private void receive(String text) {
		this.channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
		takeAll();
	}

	private void run() {
		this.channel.runPendingTasks();
		takeAll();
	}

	private void takeAll() {
		for (Object next = this.channel.readInbound(); next != null; next = this.channel.readInbound()) {
			if (next instanceof HttpContent content) {
				this.body.append(content.content().toString(StandardCharsets.ISO_8859_1));
				this.ended = next instanceof LastHttpContent;
			}
			ReferenceCountUtil.release(next);
		}
	}

}
