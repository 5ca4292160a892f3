package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import static dev.holdfast.proxy.HardInput.accepted;
import static dev.holdfast.proxy.HardInput.chunked;
import static dev.holdfast.proxy.HardInput.rejected;

/**
 * Hard inputs about chunks (RFC 9112, section 7.1).
 */
public final class ChunkRows {

	private static final String END = "\r\n0\r\n\r\n";

	private ChunkRows() {
	}

	public static List<HardInput> rows() {
		List<HardInput> rows = new ArrayList<>();
		sizes(rows);
		terminators(rows);
		extensions(rows);
		trailers(rows);
		return rows;
	}

	private static void sizes(List<HardInput> rows) {
		String[] sizes = { "0x5", "+5", "-5", "0_2", " 5", "\t5", "5 ", "5\t", "", " ", "g", "5g", "5h;a=b",
				"10000000000000005", "ffffffffffffffff", "-ffffffffffffffff", "0000000000000005", "fffffffffffffffff5",
				"5\u0000", "\u00005", "5\u00a0", "\uff15", "5,5", "5.", "0x", "\"5\"", "5\u000b", "\u000c5", "1_0",
				"5 5" };
		for (String size : sizes) {
			rows.add(rejected("chunk size '" + LengthRows.printable(size) + "'", chunked(size + "\r\nhello" + END)));
		}
		rows.add(rejected("1000 zeros before a chunk size", chunked("0".repeat(1000) + "5\r\nhello" + END)));
		rows.add(rejected("last chunk 0x0", chunked("5\r\nhello\r\n0x0\r\n\r\n")));
		rows.add(rejected("last chunk -0", chunked("5\r\nhello\r\n-0\r\n\r\n")));
		rows.add(accepted("chunk size in capitals", chunked("A\r\n0123456789" + END), "POST /a 0123456789"));
		rows.add(accepted("chunk size with a few zeros", chunked("0005\r\nhello" + END), "POST /a hello"));
		rows.add(accepted("last chunk of several zeros", chunked("5\r\nhello\r\n000\r\n\r\n"), "POST /a hello"));
	}

	private static void terminators(List<HardInput> rows) {
		rows.add(rejected("bare LF behind a chunk size", chunked("5\nhello" + END)));
		rows.add(rejected("bare CR behind a chunk size", chunked("5\rhello" + END)));
		rows.add(rejected("CR CR LF behind a chunk size", chunked("5\r\r\nhello" + END)));
		rows.add(rejected("LF CR behind a chunk size", chunked("5\n\rhello" + END)));
		rows.add(rejected("any byte for the CR behind a chunk size", chunked("5X\nhello" + END)));
		rows.add(rejected("bare LF behind chunk data", chunked("5\r\nhello\n0\r\n\r\n")));
		rows.add(rejected("bare CR behind chunk data", chunked("5\r\nhello\r0\r\n\r\n")));
		rows.add(rejected("two bytes other than CRLF behind chunk data", chunked("5\r\nhelloXX0\r\n\r\n")));
		rows.add(rejected("CRLF missing behind chunk data", chunked("5\r\nhello0\r\n\r\n")));
		rows.add(rejected("more data than the chunk size", chunked("5\r\nhello!" + END)));
		rows.add(rejected("less data than the chunk size", chunked("6\r\nhello" + END)));
		rows.add(rejected("bare LF behind the last chunk", chunked("5\r\nhello\r\n0\n\r\n")));
		rows.add(rejected("bare LF instead of the last line", chunked("5\r\nhello\r\n0\r\n\n")));
		rows.add(rejected("empty line behind chunk data", chunked("5\r\nhello\r\n\r\n0\r\n\r\n")));
		rows.add(rejected("leading empty line", chunked("\r\n5\r\nhello" + END)));
	}

	private static void extensions(List<HardInput> rows) {
		String[] malformed = { "5;", "5 ;", "5; ", "5;;a", "5;=b", "5;a=", "5;a= ", "5;a b", "5;a=b c", "5;a=\"b",
				"5;a=\"b\"c", "5;a=\"b\\", "5;a=\"b\\\"", "5;a\u0000=b", "5;a=\u0001", "5;a=\"\u0001\"", "5;a=\"b\rc\"",
				"5;a=\"b\nc\"", "5;a=\"b\r\nc\"", "5;a=\"\u007f\"", "5;a=b\rc", "5;\u00e4=b", "5;a=\u00e4", "5;a=b,c",
				"5;a[=b", "5\u000b;a", "5;\u000ba", "5;a@b", "5;a=\"\"\"\"" };
		for (String line : malformed) {
			rows.add(rejected("chunk line '" + LengthRows.printable(line) + "'", chunked(line + "\r\nhello" + END)));
		}
		rows.add(rejected("TERM.EXT: bare LF ends an extension for some",
				chunked("2;\nxx\r\n45\r\n0\r\n\r\nGET /orders/smuggled HTTP/1.1\r\nHost: x\r\n\r\n0\r\n\r\n")));
		rows.add(rejected("EXT.TERM: bare LF within an extension",
				chunked("2;a=b\nxx\r\n2f\r\n0\r\n\r\nGET /orders/smuggled HTTP/1.1\r\nHost: x\r\n\r\n" + END)));
		rows.add(rejected("EXT.TERM: bare CR within an extension", chunked("2;a=\rxx\r\n" + END)));
		rows.add(rejected("TERM.SPILL: bare LF behind data",
				chunked("5\r\nAAAAA\n1e\r\n0\r\n\r\nGET /orders/smuggled HTTP/1.1\r\n" + END)));
		rows.add(rejected("SPILL.TERM: two bytes too many behind data",
				chunked("5\r\nAAAAAXX0\r\n\r\nGET /orders/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")));
		rows.add(rejected("extension of 64 KiB", chunked("5;a=" + "b".repeat(64 * 1024) + "\r\nhello" + END)));
		rows.add(rejected("many chunks with long extensions",
				chunked(("1;a=" + "b".repeat(1000) + "\r\nx\r\n").repeat(20) + "0\r\n\r\n")));
		String[] valid = { "5;a", "5;a=b", "5 ; a = b", "5;a=b;c;d=\"e\"", "5;a=\"b c;d\\\"\\\\e\t\"", "5;a=\"\u00e4\"",
				"5;a=\"\"", "5\t;a" };
		for (String line : valid) {
			rows.add(accepted("valid chunk line '" + LengthRows.printable(line) + "'",
					chunked(line + "\r\nhello" + END), "POST /a hello"));
		}
		rows.add(accepted("extension of the last chunk", chunked("5\r\nhello\r\n0;a=b\r\n\r\n"), "POST /a hello"));
	}

	private static void trailers(List<HardInput> rows) {
		rows.add(accepted("trailers that must not be",
				chunked("5\r\nhello\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nHost: evil\r\n"
						+ "Authorization: x\r\nContent-Type: y\r\nConnection: close\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"),
				"POST /a hello")
			.without("content-length: 9", "host: evil", "authorization: x", "content-type: y",
					"x-forwarded-for: 1.2.3.4"));
		rows.add(rejected("trailer without colon", chunked("0\r\nX\r\n\r\n")));
		rows.add(rejected("trailer with space before the colon", chunked("0\r\nX : y\r\n\r\n")));
		rows.add(rejected("trailer with NUL", chunked("0\r\nX: \u0000\r\n\r\n")));
		rows.add(rejected("trailer with bare CR", chunked("0\r\nX: a\rb\r\n\r\n")));
		rows.add(rejected("trailer that ends with bare LF", chunked("0\r\nX: y\n\r\n")));
		rows.add(rejected("folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n")));
		rows.add(rejected("trailer section that is too large", chunked("0\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"),
				431));
		rows.add(rejected("too many trailers", chunked("0\r\n" + "X: y\r\n".repeat(200) + "\r\n"), 431));
	}

}
