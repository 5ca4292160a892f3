package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

/**
 * Hard inputs that a backend sends (RFC 9112 again, and RFC 9110, section 15).
 */
public final class AnswerRows {

	private static final String OK = "HTTP/1.1 200 OK\r\n";

	private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

	private AnswerRows() {
	}

	public static List<HardAnswer> rows() {
		List<HardAnswer> rows = new ArrayList<>();
		statusLines(rows);
		fields(rows);
		lengths(rows);
		chunks(rows);
		interim(rows);
		surplus(rows);
		return rows;
	}

	private static void statusLines(List<HardAnswer> rows) {
		String[] lines = { "HTTP/3.0 200 OK", "HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "HTTP/0.9 200 OK", "HTTP/1 200 OK",
				"HTTP/1.10 200 OK", "http/1.1 200 OK", "HTTPS/1.1 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
				"HTTP/1.1 099 OK", "HTTP/1.1 000 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 +20 OK", "HTTP/1.1  200 OK",
				"HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 200OK", " HTTP/1.1 200 OK",
				"HTTP/1.1 200 O\u0000K", "HTTP/1.1 200 O\rK", "HTTP/1.1 200 O\u0001K", "ICY 200 OK", "200 OK", "",
				"<html>no HTTP at all</html>", "\u0016\u0003\u0001" };
		for (String line : lines) {
			rows.add(HardAnswer.rejected("status line '" + LengthRows.printable(line) + "'",
					line + "\r\nContent-Length: 2\r\n\r\nok"));
		}
		rows.add(HardAnswer.rejected("status line that ends with LF alone",
				"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok"));
		rows.add(HardAnswer.accepted("status without reason and space", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
				200, "ok"));
		rows.add(HardAnswer.accepted("status without reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", 200,
				"ok"));
		rows.add(HardAnswer.accepted("status nobody knows", "HTTP/1.1 799 Odd one\r\nContent-Length: 2\r\n\r\nok", 799,
				"ok"));
		rows.add(HardAnswer.accepted("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok")
			.thatEndsTheConnection());
	}

	private static void fields(List<HardAnswer> rows) {
		String[] lines = { "X: a\u0000b", "X: a\rb", "X: a\u0001b", "X: a\u000bb", "X: a\u007fb", "X: a\r\n b",
				"X: a\r\n\tb", "X: a\nY: b", "no colon", ": a", " : a", "X Y : a", "X :: a\u0000", "X@: a",
				"X\u00e4: a", " X: a", "X Y: a", "X\r\nY: a" };
		for (String line : lines) {
			rows.add(HardAnswer.rejected("answer with '" + LengthRows.printable(line) + "'",
					OK + line + "\r\nContent-Length: 2\r\n\r\nok"));
			rows.add(HardAnswer.rejected("answer that ends with '" + LengthRows.printable(line) + "'",
					OK + "Content-Length: 2\r\n" + line + "\r\n\r\nok"));
		}
		for (String blank : new String[] { " ", "\t", " \t  " }) {
			String name = LengthRows.printable(blank);
			rows.add(HardAnswer.accepted("answer with '" + name + "' before a colon",
					OK + "X" + blank + ": a\r\nContent-Length: 2\r\n\r\nok", 200, "ok"));
			rows.add(HardAnswer.accepted("Content-Length with '" + name + "' before its colon",
					OK + "Content-Length" + blank + ": 2\r\n\r\nok", 200, "ok"));
			rows.add(HardAnswer.accepted("Transfer-Encoding with '" + name + "' before its colon",
					OK + "Transfer-Encoding" + blank + ": chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"));
			rows.add(HardAnswer.rejected("Content-Length twice, once with '" + name + "' before its colon",
					OK + "Content-Length: 2\r\nContent-Length" + blank + ": 3\r\n\r\nok!"));
			rows.add(HardAnswer.rejected("both framings, one with '" + name + "' before its colon",
					OK + "Content-Length: 2\r\nTransfer-Encoding" + blank + ": chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
			rows.add(HardAnswer.rejected("coding nobody knows, with '" + name + "' before its colon",
					OK + "Transfer-Encoding" + blank + ": gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
			rows.add(HardAnswer
				.accepted("Connection with '" + name + "' before its colon",
						OK + "Connection" + blank + ": close\r\nContent-Length: 2\r\n\r\nok", 200, "ok")
				.thatEndsTheConnection());
		}
		rows.add(HardAnswer.rejected("answer head that ends with LF alone", OK + "Content-Length: 2\r\n\nok"));
		rows.add(HardAnswer.rejected("answer head that is too large", OK + "X: " + "x".repeat(80_000) + "\r\n\r\n"));
		rows.add(HardAnswer.rejected("answer with too many fields", OK + "X: y\r\n".repeat(2000) + "\r\n"));
		rows.add(
				HardAnswer.rejected("status line that is too long", "HTTP/1.1 200 " + "x".repeat(80_000) + "\r\n\r\n"));
	}

	private static void lengths(List<HardAnswer> rows) {
		String both = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n";
		rows.add(HardAnswer.rejected("answer with Content-Length and Transfer-Encoding",
				OK + both + "2\r\nok\r\n0\r\n\r\n"));
		rows.add(HardAnswer.rejected("answer with Transfer-Encoding and Content-Length",
				OK + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
		rows.add(HardAnswer.rejected("answer with two Content-Length",
				OK + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!"));
		rows.add(HardAnswer.rejected("answer with two equal Content-Length",
				OK + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"));
		for (String value : new String[] { "2, 3", "2, 2", "+2", "-1", "0x2", "2_0", "2 2", "", "02", "two",
				"99999999999999999999", "2\u0000" }) {
			rows.add(HardAnswer.rejected("answer with Content-Length: '" + LengthRows.printable(value) + "'",
					OK + "Content-Length: " + value + "\r\n\r\nok"));
		}
		for (String value : new String[] { "identity", "gzip", "gzip, chunked", "deflate, gzip, chunked",
				"chunked, chunked", "chunked, gzip", "", "xchunked", "\u000bchunked", "\"chunked\"" }) {
			rows.add(HardAnswer.rejected("answer with Transfer-Encoding: '" + LengthRows.printable(value) + "'",
					OK + "Transfer-Encoding: " + value + "\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
		}
		rows.add(HardAnswer.rejected("chunked answer of HTTP/1.0",
				"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
		rows.add(HardAnswer.accepted("204 with Content-Length: 0",
				"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 204, ""));
		rows.add(HardAnswer.accepted("304 with Content-Length", "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", 304,
				""));
		rows.add(HardAnswer.accepted("chunked answer", CHUNKED + "2;a=b\r\nok\r\n0\r\n\r\n", 200, "ok"));
	}

	private static void chunks(List<HardAnswer> rows) {
		for (String chunks : new String[] { "0x2\r\nok\r\n0\r\n\r\n", "-2\r\nok\r\n0\r\n\r\n", " 2\r\nok\r\n0\r\n\r\n",
				"\r\nok\r\n0\r\n\r\n", "2\nok\r\n0\r\n\r\n", "2\r\nok\n0\r\n\r\n", "2\r\nok!\r\n0\r\n\r\n",
				"2;\r\nok\r\n0\r\n\r\n", "2;a=\"\u0001\"\r\nok\r\n0\r\n\r\n", "2\r\nok\r\n0\r\nX\r\n\r\n",
				"ffffffffffffffff2\r\nok\r\n0\r\n\r\n" }) {
			rows.add(HardAnswer.broken("answer in chunks '" + LengthRows.printable(chunks) + "'", CHUNKED + chunks));
		}
	}

	private static void interim(List<HardAnswer> rows) {
		String answer = OK + "Content-Length: 2\r\n\r\nok";
		rows.add(HardAnswer.rejected("101 unasked",
				"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc"));
		rows.add(HardAnswer.accepted("100 unasked", "HTTP/1.1 100 Continue\r\n\r\n" + answer, 200, "ok"));
		rows.add(HardAnswer.accepted("102", "HTTP/1.1 102 Processing\r\n\r\n" + answer, 200, "ok"));
		rows.add(HardAnswer.accepted("103", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer, 200, "ok"));
		rows.add(HardAnswer.accepted("several interim answers",
				"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 Odd\r\nX: y\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
						+ answer,
				200, "ok"));
		rows.add(HardAnswer.rejected("interim answer with a body",
				"HTTP/1.1 102 Processing\r\nContent-Length: 2\r\n\r\nok" + answer));
		rows.add(HardAnswer.rejected("malformed interim answer", "HTTP/1.1 100 Continue\r\nX\r\n\r\n" + answer));
	}

	private static void surplus(List<HardAnswer> rows) {
		String answer = OK + "Content-Length: 2\r\n\r\nok";
		rows.add(HardAnswer.accepted("bytes behind an answer", answer + "x", 200, "ok").thatEndsTheConnection());
		rows.add(HardAnswer.accepted("CRLF behind an answer", answer + "\r\n", 200, "ok").thatEndsTheConnection());
		rows.add(HardAnswer.accepted("two answers", answer + OK + "Content-Length: 6\r\n\r\npoison", 200, "ok")
			.thatEndsTheConnection());
		rows.add(HardAnswer
			.accepted("answer behind a chunked one",
					CHUNKED + "2\r\nok\r\n0\r\n\r\n" + OK + "Content-Length: 6\r\n\r\npoison", 200, "ok")
			.thatEndsTheConnection());
		rows.add(HardAnswer.accepted("body behind 204", "HTTP/1.1 204 No Content\r\n\r\nbody", 204, "")
			.thatEndsTheConnection());
		rows.add(HardAnswer
			.accepted("chunked body behind 204",
					"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 204, "")
			.thatEndsTheConnection());
		rows.add(HardAnswer.accepted("body behind 304", "HTTP/1.1 304 Not Modified\r\n\r\nbody", 304, "")
			.thatEndsTheConnection());
		rows.add(HardAnswer.accepted("body behind an answer to HEAD", answer, 200, "")
			.to("HEAD")
			.thatEndsTheConnection());
		rows.add(HardAnswer.accepted("answer to HEAD", OK + "Content-Length: 2\r\n\r\n", 200, "").to("HEAD"));
		rows.add(HardAnswer.accepted("chunked answer to HEAD", CHUNKED, 200, "").to("HEAD"));
	}

	/**
	 * A row: what a backend answers, and what becomes of it.
	 *
	 * @param name what it is, unique
	 * @param method the request's method
	 * @param bytes what the backend sends
	 * @param status what the client sees; 0 for an answer that is broken off
	 * @param body the body that the client sees
	 * @param reusable whether the backend's connection may carry another request
	 */
	public record HardAnswer(String name, String method, String bytes, int status, String body, boolean reusable) {

		static HardAnswer rejected(String name, String bytes) {
			return new HardAnswer(name, "GET", bytes, 502, "", false);
		}

		/**
		 * The head was fine: the client sees 502, or an answer that is broken off.
		 */
		static HardAnswer broken(String name, String bytes) {
			return new HardAnswer(name, "GET", bytes, 0, "", false);
		}

		static HardAnswer accepted(String name, String bytes, int status, String body) {
			return new HardAnswer(name, "GET", bytes, status, body, true);
		}

		HardAnswer thatEndsTheConnection() {
			return new HardAnswer(this.name, this.method, this.bytes, this.status, this.body, false);
		}

		HardAnswer to(String method) {
			return new HardAnswer(this.name, method, this.bytes, this.status, this.body, this.reusable);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
