package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.http1.Parsed;
import dev.holdfast.proxy.http1.RequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestParsersTests {

	private final RequestParsers parsers = new RequestParsers(TrafficLimits.DEFAULTS);

	private static Parsed read(RequestParser parser, String text) {
		ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
		try {
			return parser.next(bytes);
		}
		finally {
			bytes.release();
		}
	}

	@Test
	void parserThatLiesIdleKeepsNoLargeHead() {
		RequestParser parser = this.parsers.take();
		assertThat(read(parser, "GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + "x".repeat(15_000) + "\r\n\r\n"))
			.isEqualTo(Parsed.HEAD);
		assertThat(read(parser, "")).isEqualTo(Parsed.END);
		this.parsers.giveBack(parser);
		RequestParser next = this.parsers.take();
		assertThat(next).isSameAs(parser);
		assertThat(next.head().fields().capacity()).isLessThan(8 * 1024);
	}

	@Test
	void emptyLinesOfOneClientDoNotCountForTheNext() {
		RequestParser parser = this.parsers.take();
		assertThat(read(parser, "\r\n".repeat(4000))).isEqualTo(Parsed.NEED_DATA);
		this.parsers.giveBack(parser);
		assertThat(read(this.parsers.take(), "\r\n".repeat(200))).isEqualTo(Parsed.NEED_DATA);
	}

}
