package dev.holdfast.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import dev.holdfast.proxy.ChunkRows;
import dev.holdfast.proxy.FieldRows;
import dev.holdfast.proxy.HardInput;
import dev.holdfast.proxy.LengthRows;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TargetRows;
import dev.holdfast.proxy.header.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestParserTests {

	private static final String CLEAN = "GET /a HTTP/1.1\r\nHost: b\r\n\r\n";

	private static final List<String> PIECES = List.of("\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ";", ",",
			"\u0000", "\u000b", "\u00ff", "0", "5", "0\r\n\r\n", "Content-Length: 5\r\n", "X:y\r\n", "X:  y \r\n",
			"Transfer-Encoding: chunked\r\n", CLEAN, "\"", "\\", "+", "0x", "chunked");

	private static RequestParser parser() {
		return new RequestParser(8 * 1024, 16 * 1024, 100);
	}

	private static String read(String... pieces) {
		return Reading.of(parser(), pieces);
	}

	static Stream<HardInput> rows() {
		return Stream.of(LengthRows.rows(), ChunkRows.rows(), FieldRows.rows(), TargetRows.rows())
			.flatMap(List::stream)
			.filter((row) -> row.bytes().length() < 300);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	void inputIsReadAlikeWhereverItIsCut(HardInput row) {
		String bytes = row.bytes();
		String whole = read(bytes);
		assertThat(read(bytes.split("(?<=.)(?=.)|(?<=[\r\n])|(?=[\r\n])"))).as("byte by byte").isEqualTo(whole);
		for (int i = 1; i < bytes.length(); i++) {
			assertThat(read(bytes.substring(0, i), bytes.substring(i))).as("cut at %d", i).isEqualTo(whole);
		}
	}

	@Test
	void damagedInputIsReadAlikeWhereverItIsCut() {
		assertDamagedInputIsReadAlike(Long.getLong("holdfast.fuzz-seed", 1), 500);
	}

	@Test
	@Tag("slow")
	void muchDamagedInputIsReadAlikeWhereverItIsCut() {
		assertDamagedInputIsReadAlike(Long.getLong("holdfast.fuzz-seed", System.nanoTime()), 30_000);
	}

	private static void assertDamagedInputIsReadAlike(long seed, int inputs) {
		Random random = new Random(seed);
		List<String> valid = rows().map(HardInput::bytes).toList();
		for (int i = 0; i < inputs; i++) {
			String bytes = damaged(valid.get(random.nextInt(valid.size())), random);
			int cut = random.nextInt(bytes.length() + 1);
			int next = cut + random.nextInt(bytes.length() - cut + 1);
			assertThat(read(bytes.substring(0, cut), bytes.substring(cut, next), bytes.substring(next)))
				.as("holdfast.fuzz-seed=%d, %s", seed, bytes)
				.isEqualTo(read(bytes));
		}
	}

	private static String damaged(String valid, Random random) {
		StringBuilder bytes = new StringBuilder(valid);
		for (int i = random.nextInt(3); i >= 0; i--) {
			int at = random.nextInt(bytes.length());
			int to = Math.min(bytes.length(), at + 1 + random.nextInt(8));
			switch (random.nextInt(3)) {
				case 0 -> bytes.insert(at, PIECES.get(random.nextInt(PIECES.size())));
				case 1 -> bytes.insert(at, bytes.substring(at, to));
				default -> bytes.setCharAt(at, (char) (bytes.charAt(at) ^ (1 << random.nextInt(8))));
			}
		}
		return bytes.toString();
	}

	@Test
	void pipelinedRequestsAreReadOneByOne() {
		assertThat(read(CLEAN + "POST /b HTTP/1.0\r\nContent-Length: 2\r\n\r\nok\r\n\r\n" + CLEAN)).isEqualTo("""
				GET /a 1.1 [Host: b]  END
				POST /b 1.0 [Content-Length: 2] ok END
				GET /a 1.1 [Host: b]  END""");
	}

	@Test
	void blanksAroundValuesAreRemoved() {
		RequestParser parser = parser();
		ByteBuf in = bytes("GET /a HTTP/1.1\r\nA:b\r\nC: \t d\t \r\nE:\r\nF: \r\nG:h \r\nI: j\r\n\r\nnext");
		assertThat(parser.next(in)).isEqualTo(Parsed.HEAD);
		assertThat(parser.head().fields()).hasToString("A:b\r\nC: d\r\nE: \r\nF: \r\nG: h\r\nI: j\r\n");
		assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("next");
	}

	@Test
	void trailersThatMayBeAreKept() {
		assertThat(read(HardInput.chunked("0\r\nX-Sum: 1\r\nCookie: a\r\nX-Odd:2 \r\nHost: b\r\n\r\n")))
			.endsWith("END [X-Sum: 1] [X-Odd: 2]");
	}

	@Test
	void trailersAreThoseOfTheLastRequestAlone() {
		assertThat(read(HardInput.chunked("0\r\nX-Sum: 1\r\n\r\n") + CLEAN))
			.endsWith("[X-Sum: 1]\n" + "GET /a 1.1 [Host: b]  END");
	}

	@Test
	void lineThatNeverEndsIsNotKept() {
		RequestParser parser = new RequestParser(1024, 1024, 100);
		ByteBuf in = bytes("x".repeat(1000));
		assertThat(parser.next(in)).isEqualTo(Parsed.NEED_DATA);
		assertThat(parser.next(bytes("x".repeat(1000)))).isEqualTo(Parsed.MALFORMED);
		assertThat(parser.rejection()).isEqualTo(Rejection.TARGET_TOO_LONG);
		for (int i = 0; i < 100; i++) {
			in = bytes("x".repeat(1000));
			assertThat(parser.next(in)).isEqualTo(Parsed.NEED_DATA);
			assertThat(in.isReadable()).isFalse();
		}
	}

	@Test
	void emptyLinesBeforeARequestAreNotWithoutEnd() {
		RequestParser parser = new RequestParser(1024, 1024, 100);
		assertThat(Reading.of(parser, "\r\n".repeat(512) + CLEAN)).isEqualTo("GET /a 1.1 [Host: b]  END");
		assertThat(Reading.of(parser, "\r\n".repeat(513))).isEqualTo("REQUEST_LINE");
	}

	@ParameterizedTest
	@CsvSource({ "1000, HEAD", "1024, HEAD", "1025, MALFORMED" })
	void lengthOfTheRequestLineIsLimited(int length, Parsed expected) {
		RequestParser parser = new RequestParser(1024, 1024, 100);
		String target = "/" + "a".repeat(length - "GET / HTTP/1.1".length());
		assertThat(parser.next(bytes("GET " + target + " HTTP/1.1\r\n\r\n"))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "1024, HEAD,", "1025, MALFORMED, HEADERS_TOO_LARGE" })
	void sizeOfTheFieldsIsLimited(int size, Parsed expected, Rejection rejection) {
		RequestParser parser = new RequestParser(1024, 1024, 100);
		String lines = "A: " + "a".repeat(500) + "\r\nB: " + "b".repeat(size - 506) + "\r\n";
		assertThat(parser.next(bytes("GET / HTTP/1.1\r\n" + lines + "\r\n"))).isEqualTo(expected);
		if (rejection != null) {
			assertThat(parser.rejection()).isEqualTo(rejection);
		}
	}

	@Test
	void numberOfFieldsIsLimited() {
		String head = "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(100);
		assertThat(read(head + "\r\n")).startsWith("GET / 1.1 [A: b]");
		assertThat(read(head + "A: b\r\n")).isEqualTo("TOO_MANY_HEADERS");
	}

	@Test
	void malformedHeadTellsWhatCouldBeReadOfItsRequestLine() {
		RequestParser parser = parser();
		assertThat(parser.next(bytes("HEAD /a HTTP/1.0\r\nA: b\r\nX\r\n"))).isEqualTo(Parsed.MALFORMED);
		RequestHead head = parser.head();
		assertThat(head.method() + head.target() + head.version() + head.fields()).isEqualTo("HEAD/aHTTP_1_0");
		assertThat(parser.rejection()).isEqualTo(Rejection.FIELD);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "BREW" })
	void methodOfARequestLineThatIsTooLongIsKnown(String method) {
		RequestParser parser = parser();
		assertThat(parser.next(bytes(method + " /" + "a".repeat(9000)))).isEqualTo(Parsed.MALFORMED);
		assertThat(parser.head().method() + parser.head().target()).isEqualTo(method);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "PUT", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS", "G", "BREW", "GOT", "get",
			"PROPFIND", "TRACE", "CONNECT", "COPY!" })
	void methodIsReadInItsCase(String method) {
		assertThat(read(method + " / HTTP/1.1\r\n\r\n")).startsWith(method + " / 1.1");
	}

	@Test
	void headTellsHowTheBodyIsFramed() {
		RequestParser parser = parser();
		parser.next(bytes(HardInput.post("Content-Length: 5\r\n", "")));
		assertThat(parser.head().contentLength() + " " + parser.head().isChunked() + parser.head().hasBody())
			.isEqualTo("5 falsetrue");
		parser = parser();
		parser.next(bytes(HardInput.post("Content-Length: 0\r\n", "")));
		assertThat(parser.head().contentLength() + " " + parser.head().isChunked() + parser.head().hasBody())
			.isEqualTo("0 falsefalse");
		parser = parser();
		parser.next(bytes(HardInput.chunked("")));
		assertThat(parser.head().contentLength() + " " + parser.head().isChunked() + parser.head().hasBody())
			.isEqualTo("-1 truetrue");
		parser = parser();
		parser.next(bytes(CLEAN));
		assertThat(parser.head().contentLength() + " " + parser.head().isChunked() + parser.head().hasBody())
			.isEqualTo("-1 falsefalse");
	}

	@Test
	void bodyComesInPiecesOf64KiBAtMost() {
		RequestParser parser = parser();
		ByteBuf in = bytes(HardInput.post("Content-Length: 100000\r\n", "x".repeat(100_000) + "next"));
		assertThat(parser.next(in)).isEqualTo(Parsed.HEAD);
		assertThat(parser.next(in)).isEqualTo(Parsed.BODY);
		assertThat(parser.body().readableBytes()).isEqualTo(64 * 1024);
		parser.body().release();
		assertThat(parser.next(in)).isEqualTo(Parsed.BODY);
		assertThat(parser.body().readableBytes()).isEqualTo(100_000 - 64 * 1024);
		parser.body().release();
		assertThat(parser.next(in)).isEqualTo(Parsed.END);
		assertThat(in.readableBytes()).isEqualTo(4);
	}

	@Test
	void betweenMessagesIsWhereNoneHasBegun() {
		RequestParser parser = parser();
		assertThat(parser.isBetweenMessages()).isTrue();
		parser.next(bytes("\r\n"));
		assertThat(parser.isBetweenMessages()).isTrue();
		parser.next(bytes("G"));
		assertThat(parser.isBetweenMessages()).isFalse();
		parser.next(bytes(CLEAN.substring(1)));
		assertThat(parser.isBetweenMessages()).isFalse();
		assertThat(parser.next(Unpooled.EMPTY_BUFFER)).isEqualTo(Parsed.END);
		assertThat(parser.isBetweenMessages()).isTrue();
	}

	@Test
	void headIsSharedByConnectionsThatAreIdle() {
		RequestParser parser = parser();
		parser.next(bytes(CLEAN));
		RequestHead head = parser.head();
		assertThat(parser.next(Unpooled.EMPTY_BUFFER)).isEqualTo(Parsed.END);
		assertThat(parser.head()).isSameAs(head);
		parser.forget();
		RequestParser other = parser();
		other.next(bytes("GE"));
		other.forget();
		assertThat(other.head()).isSameAs(head);
		assertThat(Reading.of(parser, CLEAN)).startsWith("GET /a");
		assertThat(Reading.of(other, "T /other HTTP/1.1\r\n\r\n")).startsWith("GET /other");
	}

	@Test
	void bodyOfWhichNothingIsReadYetIsLeftToTheConnection() {
		RequestParser parser = parser();
		ByteBuf in = bytes(HardInput.chunked("5\r\nhello\r\n0\r\n\r\n"));
		assertThat(parser.next(in)).isEqualTo(Parsed.HEAD);
		assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
	}

}
