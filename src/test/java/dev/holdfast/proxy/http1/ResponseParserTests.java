package dev.holdfast.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import dev.holdfast.proxy.AnswerRows;
import dev.holdfast.proxy.AnswerRows.HardAnswer;
import dev.holdfast.proxy.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseParserTests {

	private static ResponseParser parser(String method) {
		ResponseParser parser = new ResponseParser(64 * 1024);
		parser.expect(method);
		return parser;
	}

	private static String read(String method, String... pieces) {
		return Reading.of(parser(method), pieces);
	}

	static Stream<HardAnswer> rows() {
		return AnswerRows.rows().stream().filter((row) -> row.bytes().length() < 300);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	void inputIsReadAlikeWhereverItIsCut(HardAnswer row) {
		String bytes = row.bytes();
		String whole = read(row.method(), bytes);
		for (int i = 1; i < bytes.length(); i++) {
			assertThat(read(row.method(), bytes.substring(0, i), bytes.substring(i))).as("cut at %d", i)
				.isEqualTo(whole);
		}
	}

	static Stream<HardAnswer> judgedRows() {
		return AnswerRows.rows().stream().filter((row) -> !row.name().equals("101 unasked"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("judgedRows")
	void hardResponseIsJudged(HardAnswer row) {
		ResponseParser parser = parser(row.method());
		ByteBuf in = bytes(row.bytes());
		StringBuilder body = new StringBuilder();
		Parsed step = parser.next(in);
		while (step != Parsed.MALFORMED && step != Parsed.END) {
			assertThat(step).isNotEqualTo(Parsed.NEED_DATA);
			if (step == Parsed.BODY) {
				body.append(parser.body().toString(StandardCharsets.ISO_8859_1));
			}
			step = parser.next(in);
		}
		assertThat(step == Parsed.MALFORMED).isEqualTo(row.status() == 502 || row.status() == 0);
		if (step == Parsed.END) {
			assertThat(parser.head().status()).isEqualTo(row.status());
			assertThat(body).hasToString(row.body());
		}
	}

	@Test
	void interimResponsesThatNobodyKnowsAreIgnored() {
		String interim = "HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n";
		assertThat(read("GET", interim.repeat(20_000) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
			.isEqualTo("200 OK [Content-Length: 2] ok END NEED_DATA");
	}

	@Test
	void interimResponsesThatArePassedOnAreFollowedByOthers() {
		assertThat(read("GET", "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"
				+ "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"))
			.isEqualTo("100 Continue \n103 Early Hints [Link: </x>] \n204 No Content  END NEED_DATA");
	}

	@Test
	void nothingBehindASwitchIsRead() {
		ResponseParser parser = parser("GET");
		ByteBuf in = bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\0\1\2");
		assertThat(parser.next(in)).isEqualTo(Parsed.HEAD);
		assertThat(parser.head().status()).isEqualTo(101);
		assertThat(parser.head().hasBody()).isFalse();
		assertThat(parser.next(in)).isEqualTo(Parsed.NEED_DATA);
		assertThat(in.readableBytes()).isEqualTo(3);
		assertThat(parser.endOfInput(true)).isEqualTo(Parsed.NEED_DATA);
	}

	@Test
	void bodyWithoutLengthEndsWithTheConnection() {
		assertThat(read("GET", "HTTP/1.1 200 OK\r\n\r\n", "a", "b")).isEqualTo("200 OK ab END");
		assertThat(read("GET", "HTTP/1.0 200 OK\r\n\r\n")).isEqualTo("200 OK END");
	}

	@Test
	void endOfAConnectionThatWasResetIsNoBodys() {
		ResponseParser parser = parser("GET");
		parser.next(bytes("HTTP/1.1 200 OK\r\n\r\n"));
		assertThat(parser.head().hasBody()).isTrue();
		assertThat(parser.head().contentLength()).isEqualTo(-1);
		assertThat(parser.endOfInput(false)).isEqualTo(Parsed.MALFORMED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" })
	void messageThatIsCutOffIsMalformed(String bytes) {
		assertThat(read("GET", bytes)).endsWith("MALFORMED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n" })
	void connectionThatEndsBeforeAResponseCutsNothingOff(String bytes) {
		assertThat(read("GET", bytes)).endsWith("NEED_DATA");
	}

	@Test
	void responseThatNobodyAskedForIsMalformed() {
		ResponseParser parser = parser("GET");
		String response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
		assertThat(Reading.of(parser, response)).isEqualTo("200 OK [Content-Length: 0]  END NEED_DATA");
		assertThat(parser.isExpecting()).isFalse();
		assertThat(parser.next(Unpooled.EMPTY_BUFFER)).isEqualTo(Parsed.NEED_DATA);
		assertThat(parser.next(bytes(response))).isEqualTo(Parsed.MALFORMED);
		assertThat(parser.next(bytes(response))).isEqualTo(Parsed.NEED_DATA);
	}

	@Test
	void nextResponseIsReadAsItsRequestWants() {
		ResponseParser parser = parser("HEAD");
		String response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
		assertThat(Reading.of(parser, response)).isEqualTo("200 OK [Content-Length: 2]  END NEED_DATA");
		parser.expect("GET");
		assertThat(Reading.of(parser, response + "ok")).isEqualTo("200 OK [Content-Length: 2] ok END NEED_DATA");
	}

	@Test
	void lengthThatAResponseToHeadTellsIsKept() {
		ResponseParser parser = parser("HEAD");
		parser.next(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"));
		assertThat(parser.head().contentLength()).isEqualTo(2);
		assertThat(parser.head().hasBody()).isFalse();
	}

	@Test
	void unusualReasonIsKept() {
		assertThat(read("GET", "HTTP/1.1 599 Quite unus\u00e4l\r\nContent-Length: 0\r\n\r\n"))
			.startsWith("599 Quite unus\u00e4l [");
		assertThat(read("GET", "HTTP/1.1 200 Okay\r\nContent-Length: 0\r\n\r\n")).startsWith("200 Okay [");
		assertThat(read("GET", "HTTP/1.1 999\r\nContent-Length: 0\r\n\r\n")).startsWith("999  [");
	}

	@Test
	void blanksBeforeColonsAreRemoved() {
		ResponseParser parser = parser("GET");
		parser.next(bytes("HTTP/1.1 200 OK\r\nA : b\r\nC\t :d\r\nE: f\r\nContent-Length : 0\r\n\r\n"));
		assertThat(parser.head().fields()).hasToString("A: b\r\nC: d\r\nE: f\r\nContent-Length: 0\r\n");
		assertThat(parser.head().contentLength()).isZero();
	}

	@Test
	void malformedResponseHasNoFields() {
		ResponseParser parser = parser("GET");
		assertThat(parser.next(bytes("HTTP/1.1 200 OK\r\nA: b\r\nX\r\n"))).isEqualTo(Parsed.MALFORMED);
		assertThat(parser.rejection()).isEqualTo(Rejection.FIELD);
		assertThat(parser.head().fields().isEmpty()).isTrue();
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
	}

}
