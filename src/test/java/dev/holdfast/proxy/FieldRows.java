package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import static dev.holdfast.proxy.HardInput.accepted;
import static dev.holdfast.proxy.HardInput.get;
import static dev.holdfast.proxy.HardInput.rejected;

/**
 * Hard inputs about lines and fields (RFC 9112, sections 2.2 and 5).
 */
public final class FieldRows {

	private FieldRows() {
	}

	public static List<HardInput> rows() {
		List<HardInput> rows = new ArrayList<>();
		lines(rows);
		names(rows);
		values(rows);
		sizes(rows);
		return rows;
	}

	private static void lines(List<HardInput> rows) {
		rows.add(rejected("lines that end with LF alone", "GET /orders/a HTTP/1.1\nHost: x\n\n"));
		rows.add(rejected("request line that ends with LF alone", "GET /orders/a HTTP/1.1\nHost: x\r\n\r\n"));
		rows.add(rejected("field that ends with LF alone", "GET /orders/a HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"));
		rows.add(rejected("head that ends with LF alone", "GET /orders/a HTTP/1.1\r\nHost: x\r\n\n"));
		rows.add(rejected("head that ends with CR LF LF and a body",
				"POST /orders/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\nx"));
		rows.add(rejected("lines that end with CR CR LF", "GET /orders/a HTTP/1.1\r\r\nHost: x\r\r\n\r\n"));
		rows.add(rejected("line that is a bare CR", "GET /orders/a HTTP/1.1\r\nHost: x\r\n\r\r\n"));
		rows.add(rejected("white space before the first field", "GET /orders/a HTTP/1.1\r\n Host: x\r\n\r\n"));
		rows.add(rejected("tab before the first field", "GET /orders/a HTTP/1.1\r\n\tX: y\r\nHost: x\r\n\r\n"));
		rows.add(
				rejected("white space alone before the first field", "GET /orders/a HTTP/1.1\r\n \r\nHost: x\r\n\r\n"));
		rows.add(rejected("folded field", get("X: a\r\n b\r\n")));
		rows.add(rejected("field folded by a tab", get("X: a\r\n\tb\r\n")));
		rows.add(rejected("field folded to nothing", get("X: a\r\n \r\n")));
		rows.add(rejected("field folded around NUL", get("X: a\r\n \u0000b\r\n")));
		rows.add(rejected("folded Host", "GET /orders/a HTTP/1.1\r\nHost:\r\n x\r\n\r\n"));
		rows.add(accepted("leading CRLF", "\r\n" + get(""), "GET /a"));
		rows.add(accepted("several leading CRLF", "\r\n\r\n\r\n" + get(""), "GET /a"));
		rows.add(accepted("CRLF between requests", get("") + "\r\n" + get(""), "GET /a", "GET /a"));
		rows.add(rejected("leading LF", "\n" + get("")));
		rows.add(rejected("leading CR", "\r" + get("")));
		rows.add(rejected("leading space", " " + get("")));
		rows.add(rejected("leading NUL", "\u0000" + get("")));
		rows.add(rejected("TLS on a clear port", "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\n\r\n"));
	}

	private static void names(List<HardInput> rows) {
		String[] lines = { "no colon", "Nocolon", ": empty name", ":", "X : y", "X\t: y", "X\u000b: y", "X\u0000: y",
				"X@: y", "\u0080: y", "X\u00e4: y", "\u00ff: y", "X[]: y", "X(a): y", "X\"a\": y", "X,Y: z", "X/Y: z",
				"X;Y: z", "X<Y: z", "X=Y: z", "X?Y: z", "X\\Y: z", "X{Y: z", "X Y: z", "X\r: y", "X\u007f: y",
				"\u00a0X: y", "Content-Length : 5", "Host : x", "\u0001: y" };
		for (String line : lines) {
			rows.add(rejected("field line '" + LengthRows.printable(line) + "'", get(line + "\r\n")));
		}
		rows.add(accepted("name of all token characters", get("!#$%&'*+-.^_`|~09azAZ: y\r\n"), "GET /a"));
	}

	private static void values(List<HardInput> rows) {
		for (int c = 0; c < ' '; c++) {
			if (c != '\t' && c != '\n') {
				rows.add(rejected("control character %02x in a value".formatted(c), get("X: a" + (char) c + "b\r\n")));
			}
		}
		rows.add(rejected("control character 7f in a value", get("X: a\u007fb\r\n")));
		rows.add(rejected("control character at the start of a value", get("X: \u0001b\r\n")));
		rows.add(rejected("control character at the end of a value", get("X: a\u0001\r\n")));
		rows.add(rejected("vertical tab around a value", get("X:\u000ba\u000b\r\n")));
		rows.add(accepted("empty value", get("X:\r\n"), "GET /a"));
		rows.add(accepted("value of blanks", get("X: \t \r\n"), "GET /a"));
		rows.add(accepted("blanks around and within a value", get("X: \ta \t b\t \r\n"), "GET /a"));
		rows.add(accepted("value beyond ASCII", get("X: \u0080\u00e4\u00ff\r\n"), "GET /a"));
		rows.add(accepted("value with colons", get("X: :a:b:\r\n"), "GET /a"));
	}

	private static void sizes(List<HardInput> rows) {
		rows.add(rejected("field that is too large", get("X: " + "x".repeat(20_000) + "\r\n"), 431));
		rows.add(rejected("fields that are too large together", get(("X: " + "x".repeat(1000) + "\r\n").repeat(20)),
				431));
		rows.add(rejected("field of 1 MiB", get("X: " + "x".repeat(1024 * 1024) + "\r\n"), 431));
		rows.add(rejected("name that is too large", get("x".repeat(20_000) + ": y\r\n"), 431));
		rows.add(rejected("too many fields", get("X: y\r\n".repeat(200)), 431));
		rows.add(rejected("1 000 000 fields", get("X: y\r\n".repeat(100_000)), 431));
		rows.add(accepted("fields of 15 KB together", get(("X: " + "x".repeat(1000) + "\r\n").repeat(15)), "GET /a"));
		rows.add(accepted("99 fields", get("X: y\r\n".repeat(98)), "GET /a"));
		rows.add(rejected("10 000 empty lines", "\r\n".repeat(10_000) + get(""), 400));
	}

}
