package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import static dev.holdfast.proxy.HardInput.accepted;
import static dev.holdfast.proxy.HardInput.get;
import static dev.holdfast.proxy.HardInput.post;
import static dev.holdfast.proxy.HardInput.rejected;

/**
 * Hard inputs about a message's length (RFC 9112, section 6).
 */
public final class LengthRows {

	private static final String SMUGGLED = "GET /orders/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

	private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

	private LengthRows() {
	}

	public static List<HardInput> rows() {
		List<HardInput> rows = new ArrayList<>();
		both(rows);
		contentLength(rows);
		transferEncoding(rows);
		lookalikes(rows);
		bodies(rows);
		return rows;
	}

	private static void both(List<HardInput> rows) {
		rows.add(rejected("CL.TE: Content-Length before Transfer-Encoding",
				post("Content-Length: 6\r\n" + CHUNKED, "0\r\n\r\nG")));
		rows.add(rejected("TE.CL: Transfer-Encoding before Content-Length",
				post(CHUNKED + "Content-Length: 4\r\n", "2c\r\n" + SMUGGLED + "\r\n0\r\n\r\n")));
		rows.add(rejected("Content-Length and Transfer-Encoding: identity",
				post("Content-Length: 3\r\nTransfer-Encoding: identity\r\n", "abc")));
		rows.add(rejected("Content-Length: 0 beside chunked", post("Content-Length: 0\r\n" + CHUNKED, "0\r\n\r\n")));
		rows.add(rejected("Content-Length and Transfer-Encoding in odd case",
				post("content-LENGTH: 5\r\ntransfer-ENCODING: CHUNKED\r\n", "0\r\n\r\n")));
		rows.add(rejected("CL.TE with another request inside",
				post("Content-Length: " + (SMUGGLED.length() + 5) + "\r\n" + CHUNKED, "0\r\n\r\n" + SMUGGLED)));
	}

	private static void contentLength(List<HardInput> rows) {
		rows.add(
				rejected("two different Content-Length", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!")));
		rows.add(rejected("two equal Content-Length", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")));
		String[] values = { "5, 6", "5, 5", "5,5", "+5", "-1", "-0", "+0", "0x5", "1_0", "5 5", "", "   ", "5.0", "5e0",
				"5;", ";5", "'5'", "\"5\"", "5,", ",5", "five", "\u00b2", "\u06f5", "0b1", "99999999999999999999",
				"9223372036854775808", "18446744073709551621", "4294967301, 5", "010", "00", "0000000000000000000005",
				"5\t5", "5\u000b", "\u000c5", "5\u00a0" };
		for (String value : values) {
			rows.add(rejected("Content-Length: '" + printable(value) + "'",
					post("Content-Length: " + value + "\r\n", "hello")));
		}
		rows.add(rejected("Content-Length without a value", post("Content-Length:\r\n", "hello")));
		rows.add(rejected("Content-Length with NUL", post("Content-Length: 5\u0000\r\n", "hello")));
		rows.add(rejected("Content-Length with bare CR", post("Content-Length: 5\r6\r\n", "hello")));
		rows.add(rejected("Content-Length continued on the next line", post("Content-Length: 5\r\n 0\r\n", "hello")));
		rows.add(rejected("Content-Length on a folded line", post("Content-Length:\r\n 5\r\n", "hello")));
		rows.add(accepted("Content-Length between blanks", post("Content-Length: \t 5\t \r\n", "hello"),
				"POST /a hello"));
		rows.add(accepted("Content-Length without a blank", post("Content-Length:5\r\n", "hello"), "POST /a hello"));
		rows.add(accepted("Content-Length: 0", post("Content-Length: 0\r\n", ""), "POST /a"));
	}

	private static void transferEncoding(List<HardInput> rows) {
		String[] values = { "identity", "xchunked", "chunkedx", "x chunked", "chunked, gzip", "chunked, identity",
				"gzip, chunked, gzip", "chunked, gzip, chunked", "gzip chunked", "gzip; q=1, chunked", "gzip,, chunked",
				"gzip,", "chunked, chunked", ", chunked", "chunked,", ",chunked,", "", "\u000bchunked", "chunked\u000b",
				"\u000cchunked", "chunked\u000c", "chunked\u0000", "\u0000chunked", "\"chunked\"", "'chunked'",
				"chun\u0000ked", "chunked;q=1", "chunked; a", "chunked\u00a0", "\u00ffchunked", "chunk", "gzip",
				"deflate", "compress", "trailers", "chunked x", "chunked\u007f", "chun\u212aed", "chunked\rX: y" };
		for (String value : values) {
			rows.add(rejected("Transfer-Encoding: '" + printable(value) + "'",
					post("Transfer-Encoding: " + value + "\r\n", "0\r\n\r\n")));
		}
		for (String value : new String[] { "gzip, chunked", "identity, chunked", "cow,chunked",
				"gzip ,\tdeflate,Chunked", "chunkedx, chunked" }) {
			rows.add(rejected("Transfer-Encoding: '" + printable(value) + "' is not understood",
					post("Transfer-Encoding: " + value + "\r\n", "0\r\n\r\n"), 501));
			rows.add(rejected("Content-Length before '" + printable(value) + "'",
					post("Content-Length: 5\r\nTransfer-Encoding: " + value + "\r\n", "0\r\n\r\n")));
			rows.add(rejected("Content-Length behind '" + printable(value) + "'",
					post("Transfer-Encoding: " + value + "\r\nContent-Length: 5\r\n", "0\r\n\r\n")));
		}
		rows.add(rejected("a coding in HTTP/1.0",
				"POST /orders/a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"));
		rows.add(rejected("TE.TE: codings in two lines",
				post("Transfer-Encoding: gzip, chunked\r\n" + CHUNKED, "0\r\n\r\n")));
		rows.add(rejected("two Transfer-Encoding chunked", post(CHUNKED + CHUNKED, "0\r\n\r\n")));
		rows.add(rejected("TE.TE: chunked, then an unknown one",
				post(CHUNKED + "Transfer-Encoding: x\r\n", "0\r\n\r\n")));
		rows.add(rejected("TE.TE: an unknown one, then chunked",
				post("Transfer-Encoding: x\r\n" + CHUNKED, "0\r\n\r\n")));
		rows.add(rejected("TE.TE: identity, then chunked",
				post("Transfer-Encoding: identity\r\n" + CHUNKED, "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding and space before the colon",
				post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding and tab before the colon",
				post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding and CR before the colon",
				post("Transfer-Encoding\r: chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding behind a space", post(" Transfer-Encoding: chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding folded before its value",
				post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding folded behind its value",
				post("Transfer-Encoding: chunked\r\n , gzip\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding behind a folded line",
				post("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding behind a bare LF",
				post("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("Transfer-Encoding behind a bare CR",
				post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n")));
		rows.add(rejected("chunked in HTTP/1.0",
				"POST /orders/a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
		rows.add(rejected("chunked and keep-alive in HTTP/1.0",
				"POST /orders/a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n" + CHUNKED + "\r\n0\r\n\r\n"));
		rows.add(accepted("Transfer-Encoding: Chunked", post("Transfer-Encoding: Chunked\r\n", "1\r\na\r\n0\r\n\r\n"),
				"POST /a a"));
		rows.add(accepted("chunked between blanks", post("Transfer-Encoding: \tchunked \t\r\n", "1\r\na\r\n0\r\n\r\n"),
				"POST /a a"));
	}

	private static void lookalikes(List<HardInput> rows) {
		rows.add(accepted("Transfer_Encoding never frames", get("Transfer_Encoding: chunked\r\n") + get(""), "GET /a",
				"GET /a"));
		rows.add(accepted("Content_Length never frames", get("Content_Length: 5\r\n") + get(""), "GET /a", "GET /a"));
		rows.add(accepted("X-Transfer-Encoding never frames", get("X-Transfer-Encoding: chunked\r\n") + get(""),
				"GET /a", "GET /a"));
		rows.add(accepted("Transfer-Encodin never frames", get("Transfer-Encodin: chunked\r\n") + get(""), "GET /a",
				"GET /a"));
		rows.add(accepted("Connection cannot take Content-Length away",
				post("Connection: Content-Length\r\nContent-Length: 5\r\n", "hello"), "POST /a hello"));
		rows.add(accepted("Connection cannot take Transfer-Encoding away",
				post("Connection: Transfer-Encoding\r\n" + CHUNKED, "5\r\nhello\r\n0\r\n\r\n"), "POST /a hello"));
		rows.add(accepted("Connection cannot take Host away", get("Connection: Host\r\n"), "GET /a"));
		rows.add(accepted("TE is no Transfer-Encoding", get("TE: chunked\r\n"), "GET /a").without("te: chunked"));
	}

	private static void bodies(List<HardInput> rows) {
		rows.add(accepted("GET with a body", "GET /orders/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
				"GET /a hello"));
		rows.add(accepted("CL.0: a GET whose body is a request",
				"GET /orders/a HTTP/1.1\r\nHost: x\r\nContent-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED,
				"GET /a " + SMUGGLED));
		rows.add(accepted("CL.0: a POST whose body is a request",
				post("Content-Length: " + SMUGGLED.length() + "\r\n", SMUGGLED), "POST /a " + SMUGGLED));
		rows.add(accepted("HEAD with a body, then a GET",
				"HEAD /orders/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx" + get(""), "HEAD /a x", "GET /a"));
		rows.add(accepted("DELETE in chunks", "DELETE /orders/a HTTP/1.1\r\nHost: x\r\n" + CHUNKED + "\r\n0\r\n\r\n",
				"DELETE /a"));
		rows.add(accepted("POST without length has no body", post("", "") + get(""), "POST /a", "GET /a"));
		rows.add(rejected("body that goes on behind its length", post("Content-Length: 5\r\n", "hello!\u0001\r\n\r\n"))
			.after("POST /a hello"));
		rows.add(rejected("0.CL: a body that the client sends without leave",
				post("Expect: 100-continue\r\nContent-Length: 5\r\n", "hello!\u0001\r\n\r\n"))
			.after("POST /a hello"));
	}

	public static String printable(String text) {
		StringBuilder printable = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			printable.append((c >= ' ' && c < 0x7f) ? String.valueOf(c) : "\\x%02x".formatted((int) c));
		}
		return printable.toString();
	}

}
