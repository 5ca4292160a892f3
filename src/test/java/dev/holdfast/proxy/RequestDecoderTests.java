package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestDecoderTests {

	static Stream<HardInput> shortRows() {
		return Stream.of(LengthRows.rows(), ChunkRows.rows(), FieldRows.rows(), TargetRows.rows())
			.flatMap(List::stream)
			.filter((row) -> row.bytes().length() < 300);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("shortRows")
	void inputIsReadAlikeWhereverItIsCut(HardInput row) {
		String bytes = row.bytes();
		String whole = read(bytes);
		for (int i = 1; i < bytes.length(); i++) {
			assertThat(read(bytes.substring(0, i), bytes.substring(i))).as("cut at %d", i).isEqualTo(whole);
		}
	}

	@Test
	void trailersThatMayBeAreKept() {
		assertThat(read(HardInput.chunked("0\r\nX-Sum: 1\r\nCookie: a\r\nHost: b\r\n\r\n"))).endsWith("[X-Sum: 1]");
	}

	@Test
	void lineThatNeverEndsIsNotKept() {
		EmbeddedChannel channel = new EmbeddedChannel(
				new RequestDecoder(new Line(), new TrafficLimits(1024, 1024, 100, 1, 0, 100, 200)));
		for (int i = 0; i < 100; i++) {
			channel.writeInbound(Unpooled.copiedBuffer("x".repeat(1000), StandardCharsets.ISO_8859_1));
		}
		ReceivedRequest rejected = channel.readInbound();
		assertThat(rejected.rejection()).isEqualTo(RequestGuard.Rejection.TARGET_TOO_LONG);
		assertThat(channel.finishAndReleaseAll()).isFalse();
	}

	/**
	 * Reads what comes in pieces.
	 * @return what was understood, as text that does not depend on the pieces
	 */
	private static String read(String... pieces) {
		EmbeddedChannel channel = new EmbeddedChannel(
				new RequestDecoder(new Line(), new TrafficLimits(16 * 1024, 16 * 1024, 100, 1, 0, 100, 200)));
		for (String piece : pieces) {
			channel.writeInbound(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
		}
		StringBuilder read = new StringBuilder();
		ReceivedRequest last = null;
		for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
			if (next instanceof ReceivedRequest request) {
				last = request;
				read.append('\n').append(request.method()).append(' ').append(request.uri()).append(' ');
				read.append(request.headers().entries()).append(' ');
			}
			else if (next instanceof HttpContent content) {
				read.append(content.content().toString(StandardCharsets.ISO_8859_1));
				content.release();
				if (content instanceof LastHttpContent end) {
					read.append(" end ");
					end.trailingHeaders()
						.forEach((field) -> read.append("[%s: %s]".formatted(field.getKey(), field.getValue())));
				}
			}
		}
		channel.finishAndReleaseAll();
		if (last == null || last.rejection() == null) {
			return read.toString();
		}
		// How much of a malformed body was understood may depend on the pieces.
		return read.substring(0, read.lastIndexOf("\n")) + "\n" + last.rejection();
	}

}
