package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import static dev.holdfast.proxy.HardInput.accepted;
import static dev.holdfast.proxy.HardInput.rejected;
import static dev.holdfast.proxy.HardInput.target;

/**
 * Hard inputs about the request line and the host (RFC 9112, section 3).
 */
public final class TargetRows {

	private TargetRows() {
	}

	public static List<HardInput> rows() {
		List<HardInput> rows = new ArrayList<>();
		hosts(rows);
		forms(rows);
		requestLines(rows);
		paths(rows);
		return rows;
	}

	private static void hosts(List<HardInput> rows) {
		rows.add(rejected("no Host", "GET /orders/a HTTP/1.1\r\n\r\n"));
		rows.add(rejected("two different Host", "GET /orders/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
		rows.add(rejected("two equal Host", "GET /orders/a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"));
		rows.add(rejected("two Host in HTTP/1.0", "GET /orders/a HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"));
		String[] hosts = { "", " ", "a, b", "a,b", "a b", "u@a", "u:p@a", "a/b", "a/", "http://a", "a?b", "a#b", "a\\b",
				"a:b", "a:80:80", "a:-1", "a:+80", "a:99999", "a:65536", "a:0x50", "[::1", "::1", "[]", "[::1]x",
				"[g::1]", "a\u00e4", "a%00", "a%2fb", "\"a\"", "a;b", ":80", "a\u0000", "a<b>", "*" };
		for (String host : hosts) {
			rows.add(rejected("Host: '" + LengthRows.printable(host) + "'",
					"GET /orders/a HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
		}
		rows.add(accepted("no Host in HTTP/1.0", "GET /orders/a HTTP/1.0\r\n\r\n", "GET /a"));
		for (String host : new String[] { "a", "a:", "a:80", "a:65535", "A.Example.ORG", "127.0.0.1:8080", "[::1]",
				"[::1]:8080", "a_b", "xn--4ca" }) {
			rows.add(accepted("Host: '" + host + "' is fine", "GET /orders/a HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
					"GET /a"));
		}
	}

	private static void forms(List<HardInput> rows) {
		rows.add(accepted("absolute-form wins over Host",
				"GET http://right.test/orders/a HTTP/1.1\r\nHost: wrong.test\r\n\r\n", "GET /a")
			.without("x-forwarded-host: wrong.test"));
		rows.add(rejected("absolute-form without Host", "GET http://right.test/orders/a HTTP/1.1\r\n\r\n"));
		rows.add(rejected("absolute-form with user info", target("http://u@right.test/orders/a")));
		rows.add(rejected("absolute-form with user info and password", target("http://u:p@right.test/orders/a")));
		rows.add(rejected("absolute-form without authority", target("http:///orders/a")));
		rows.add(rejected("absolute-form of another scheme", target("ftp://right.test/orders/a")));
		rows.add(rejected("absolute-form with a bad port", target("http://right.test:x/orders/a")));
		rows.add(rejected("GET *", target("*")));
		rows.add(rejected("authority-form", target("right.test:80")));
		rows.add(rejected("target without slash", target("orders/a")));
		rows.add(rejected("target that is a query", target("?a")));
		rows.add(rejected("CONNECT", "CONNECT right.test:80 HTTP/1.1\r\nHost: right.test:80\r\n\r\n", 405, 501));
		rows.add(rejected("TRACE", "TRACE /orders/a HTTP/1.1\r\nHost: x\r\n\r\n", 405, 501));
		rows.add(rejected("OPTIONS * without Host", "OPTIONS * HTTP/1.1\r\n\r\n"));
	}

	private static void requestLines(List<HardInput> rows) {
		String[] malformed = { "GET /orders/a HTTP/1.01", "GET /orders/a HTTP/1", "GET /orders/a http/1.1",
				"GET /orders/a HTTP/11", "GET /orders/a HTTP/1.", "GET /orders/a HTTP/.1", "GET /orders/a HTTP/ 1.1",
				"GET /orders/a HTTP/1.1 ", "GET /orders/a HTTP/1.1\t", "GET /orders/a HTTP/1.1 x",
				"GET /orders/a HTTP/-1.1", "GET /orders/a HTTP/01.1", "GET /orders/a HTTP/1,1",
				"GET /orders/a HTTPS/1.1", "GET /orders/a XTTP/1.1", "GET /orders/a Http/1.1", "GET /orders/a HTTP 1.1",
				"GET /orders/a", "GET", "GET  HTTP/1.1", "GET HTTP/1.1", "GET\t/orders/a HTTP/1.1",
				"GET  /orders/a HTTP/1.1", "GET /orders/a  HTTP/1.1", "GET /orders/a\tHTTP/1.1",
				"GET\u000b/orders/a HTTP/1.1", "GET\u000c/orders/a HTTP/1.1", "GET\r/orders/a HTTP/1.1",
				"GET /orders/a\u000bHTTP/1.1", "GET /orders/a\rHTTP/1.1", "GET /orders/a b HTTP/1.1",
				"G@T /orders/a HTTP/1.1", "G\u00e4T /orders/a HTTP/1.1", "G\u0000T /orders/a HTTP/1.1",
				"GET, /orders/a HTTP/1.1", "\"GET\" /orders/a HTTP/1.1", ": /orders/a HTTP/1.1", "/orders/a HTTP/1.1",
				"GET /orders/a HTTP/\uff11.1" };
		for (String line : malformed) {
			rows.add(rejected("request line '" + LengthRows.printable(line) + "'", line + "\r\nHost: x\r\n\r\n"));
		}
		rows.add(rejected("HTTP/0.9", "GET /orders/a\r\n\r\n"));
		for (String version : new String[] { "HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9" }) {
			rows.add(rejected("version " + version, "GET /orders/a " + version + "\r\nHost: x\r\n\r\n", 400, 505));
		}
		rows.add(rejected("most of the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", 400, 505));
		rows.add(accepted("method nobody knows", "BREW /orders/a HTTP/1.1\r\nHost: x\r\n\r\n", "BREW /a"));
		rows.add(accepted("method in small letters is another one", "get /orders/a HTTP/1.1\r\nHost: x\r\n\r\n",
				"get /a"));
		rows.add(rejected("target that is too long", target("/orders/" + "a".repeat(20_000)), 414));
		rows.add(rejected("target of 1 MiB", target("/orders/" + "a".repeat(1024 * 1024)), 414));
		rows.add(
				rejected("method of 20 000 bytes", "G".repeat(20_000) + " /orders/a HTTP/1.1\r\nHost: x\r\n\r\n", 414));
		rows.add(accepted("target of 8 000 octets", target("/orders/" + "a".repeat(8000 - 8)),
				"GET /" + "a".repeat(8000 - 8)));
	}

	private static void paths(List<HardInput> rows) {
		String[] targets = { "/orders/a#b", "/orders/a?b#c", "/orders/\u0001", "/orders/\u0000", "/orders/\u007f",
				"/orders/\u00e4", "/orders/a?\u00e4", "/orders/a?\u0001", "/orders/%00", "/orders/%0a", "/orders/%0d",
				"/orders/%1f", "/orders/%7f", "/orders/%c0%af", "/orders/%c0%ae%c0%ae/x", "/orders/%e0%80%af",
				"/orders/%f0%80%80%af", "/orders/%c1%9c", "/orders/%", "/orders/%4", "/orders/%zz", "/orders/%u002e",
				"/orders/..", "/orders/../a", "/orders/./a", "/orders/.", "/orders/%2e%2e/a", "/orders/.%2e/a",
				"/orders/%2E%2e", "/orders/..%2fa", "/orders/..%5ca", "/orders/a\\b", "/orders/..;/a",
				"/orders/..;x=y/a", "/orders/.;/a", "/orders/%2e%2e;/a", "/orders/a/%2e", "/orders/%252e%252e\u0000",
				"/orders/a%2f..%2fb", "/orders/a%2F%2e%2e%2Fb", "/orders/%2e%2e%2fb", "/orders/a%5c..%5cb",
				"/orders/a%2f..", "/orders/a%2f.", "/orders//../b", "//../orders/a", "/orders/..%3b/a",
				"/orders/..%3Fa", "/orders/..%23a" };
		for (String target : targets) {
			rows.add(rejected("target '" + LengthRows.printable(target) + "'", target(target)));
		}
		rows.add(accepted("escapes that need not be", target("/%6f%72ders/%61%2db"), "GET /a-b"));
		rows.add(accepted("escapes in small letters", target("/orders/%c3%a4"), "GET /%C3%A4"));
		rows.add(accepted("escapes of another charset", target("/orders/%ff%c0x"), "GET /%FF%C0x"));
		rows.add(accepted("escaped percent sign", target("/orders/%252e%252e/a"), "GET /%252e%252e/a"));
		rows.add(accepted("escaped slash", target("/orders/a%2fb/c"), "GET /a%2Fb/c"));
		rows.add(
				accepted("escaped slash at the beginning and at the end", target("/orders/%2F/a%2F"), "GET /%2F/a%2F"));
		rows.add(accepted("escaped backslash", target("/orders/a%5cb"), "GET /a%5Cb"));
		rows.add(accepted("escaped escapes that would step up", target("/orders/a%252f..%252fb"),
				"GET /a%252f..%252fb"));
		rows.add(accepted("empty segments", target("/orders//a///b//"), "GET //a///b//"));
		rows.add(accepted("a URL in the path", target("/orders/http://example.org/x"), "GET /http://example.org/x"));
		rows.add(accepted("absolute-form with empty segments", target("http://right.test/orders//a"), "GET //a"));
		rows.add(accepted("segment with parameters", target("/orders/a;b=c/d"), "GET /a;b=c/d"));
		rows.add(accepted("segment that begins with dots", target("/orders/..a/...b"), "GET /..a/...b"));
		rows.add(accepted("query with dots and slashes", target("/orders/a?b=../%2f//c"), "GET /a?b=../%2f//c"));
	}

}
