package dev.holdfast.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.web.util.ForwardedHeaderUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an instance reads of the way that a request took, by Spring's own reading of each
 * of the two families of fields.
 */
class ForwardingFieldTests {

	private static ScriptedBackend backend;

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		gateway = new Gateway(Gateway.settings("127.0.0.0/8"), backend.port());
	}

	@AfterAll
	static void stop() throws IOException {
		gateway.close();
		backend.close();
	}

	@BeforeEach
	void forget() {
		backend.heads().clear();
	}

	static Stream<Row> rows() {
		return Stream.of(rowsOfTheOneFamily(), rowsOfForwarded(), rowsOfBoth()).flatMap(List::stream);
	}

	private static List<Row> rowsOfTheOneFamily() {
		return List.of(row("nothing").reads("http://gateway.test:80", "127.0.0.1"),
				row("X", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test")
					.reads("https://shop.test:443", "1.2.3.4"),
				row("X in lists", "X-Forwarded-For: 1.2.3.4, 5.6.7.8", "X-Forwarded-For: 10.0.0.1",
						"X-Forwarded-Proto: https, http", "X-Forwarded-Host: shop.test, inner.test",
						"X-Forwarded-Port: 8443, 80")
					.reads("https://shop.test:8443", "1.2.3.4"),
				row("X with empty elements", "X-Forwarded-For: , 1.2.3.4,, 5.6.7.8,", "X-Forwarded-Proto: ,https",
						"X-Forwarded-Host:")
					.reads("https://gateway.test:443", "1.2.3.4"),
				row("X: protocol alone", "X-Forwarded-Proto: https").reads("https://gateway.test:443", "127.0.0.1"),
				row("X: client alone", "X-Forwarded-For: 1.2.3.4").reads("http://gateway.test:80", "1.2.3.4"),
				row("X: host alone", "X-Forwarded-Host: shop.test:8080").reads("http://shop.test:8080", "127.0.0.1"),
				row("X: port alone", "X-Forwarded-Port: 8443").reads("http://gateway.test:8443", "127.0.0.1"),
				row("X: port of the host", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test:8443")
					.reads("https://shop.test:8443", "127.0.0.1"),
				row("X: port beside the host's", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test:8443",
						"X-Forwarded-Port: 443")
					.reads("https://shop.test:443", "127.0.0.1"),
				row("X: port that is told", "X-Forwarded-Proto: https", "X-Forwarded-Port: 80")
					.reads("https://gateway.test:80", "127.0.0.1"),
				row("X with what is none", "X-Forwarded-For: <script>, 5.6.7.8", "X-Forwarded-Proto: ht tp:",
						"X-Forwarded-Host: a/b", "X-Forwarded-Port: 99999")
					.reads("http://gateway.test:80", "unknown"),
				row("X with IPv6", "X-Forwarded-For: 2001:db8::1, [2001:db8::2]:4711", "X-Forwarded-Host: [::1]:8080")
					.reads("http://[::1]:8080", "[2001:db8::1]"),
				row("X with ports", "X-Forwarded-For: 1.2.3.4:4711").reads("http://gateway.test:80", "1.2.3.4"),
				row("X: nobody knows", "X-Forwarded-For: unknown, _hidden").reads("http://gateway.test:80", "unknown"));
	}

	private static List<Row> rowsOfForwarded() {
		return List.of(
				row("Forwarded", "Forwarded: for=1.2.3.4;proto=https;host=shop.test").reads("https://shop.test:443",
						"1.2.3.4"),
				row("Forwarded in lists", "Forwarded: for=1.2.3.4;host=\"shop.test:8443\";proto=HTTPS, for=5.6.7.8",
						"Forwarded: for=10.0.0.1;proto=http;host=inner.test")
					.reads("https://shop.test:8443", "1.2.3.4"),
				row("Forwarded with blanks", "Forwarded: ,FOR=1.2.3.4 ; Proto=https; ,, ;by=_x , for=5.6.7.8;")
					.reads("https://gateway.test:443", "1.2.3.4"),
				row("Forwarded: protocol alone", "Forwarded: proto=https").reads("https://gateway.test:443",
						"127.0.0.1"),
				row("Forwarded: client in the second element", "Forwarded: proto=https, for=1.2.3.4")
					.reads("https://gateway.test:443", "1.2.3.4"),
				row("Forwarded: client alone", "Forwarded: for=1.2.3.4").reads("http://gateway.test:80", "1.2.3.4"),
				row("Forwarded: host alone", "Forwarded: host=shop.test:8080").reads("http://shop.test:8080",
						"127.0.0.1"),
				row("Forwarded with IPv6", "Forwarded: for=\"[2001:db8::1]:4711\";host=\"[::1]:8080\"")
					.reads("http://[::1]:8080", "[2001:db8::1]"),
				row("Forwarded with ports", "Forwarded: for=\"1.2.3.4:4711\"").reads("http://gateway.test:80",
						"1.2.3.4"),
				row("Forwarded: nobody knows", "Forwarded: for=_hidden, for=unknown").reads("http://gateway.test:80",
						"_hidden"),
				row("Forwarded with a port of the others", "Forwarded: for=1.2.3.4;proto=https", "X-Forwarded-Port: 80")
					.reads("https://gateway.test:443", "1.2.3.4"));
	}

	/**
	 * Many a proxy passes on a Forwarded that is its client's.
	 */
	private static List<Row> rowsOfBoth() {
		return List.of(
				row("both agree", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test",
						"Forwarded: for=1.2.3.4;proto=https;host=shop.test")
					.reads("https://shop.test:443", "1.2.3.4"),
				row("both disagree", "Forwarded: for=6.6.6.6;proto=http;host=evil.test", "X-Forwarded-For: 1.2.3.4",
						"X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test")
					.reads("https://shop.test:443", "1.2.3.4"),
				row("both, X in part", "Forwarded: for=6.6.6.6;proto=https;host=evil.test", "X-Forwarded-For: 1.2.3.4")
					.reads("http://gateway.test:80", "1.2.3.4"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	void bothFamiliesTellTheSame(Row row) throws IOException {
		List<String> received = received(row.fields.toArray(String[]::new));
		for (String family : new String[] { "", "forwarded", "x-forwarded-" }) {
			HttpHeaders headers = headers(received, family);
			URI uri = ForwardedHeaderUtils.adaptFromForwardedHeaders(URI.create("http://instance.test/"), headers)
				.build()
				.toUri();
			int usual = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
			int port = (uri.getPort() >= 0) ? uri.getPort() : usual;
			assertThat(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getHost() + ":" + port)
				.as("%s of %s", family, received)
				.isEqualTo(row.uri);
			if (!(family.equals("x-forwarded-") && row.isNamedByTheProxy())) {
				InetSocketAddress client = ForwardedHeaderUtils.parseForwardedFor(uri, headers, null);
				assertThat(client).isNotNull();
				assertThat(client.getHostString()).as("%s of %s", family, received)
					.isIn(row.address, row.bareAddress());
			}
		}
		assertThat(headers(received, "x-forwarded-").getFirst("x-forwarded-for")).endsWith("127.0.0.1");
		assertThat(headers(received, "forwarded").get("forwarded")).singleElement()
			.asString()
			.containsOnlyOnce("for=127.0.0.1");
	}

	private static HttpHeaders headers(List<String> received, String family) {
		HttpHeaders headers = new HttpHeaders();
		for (String line : received) {
			int colon = line.indexOf(": ");
			if (line.regionMatches(true, 0, family, 0, family.length())) {
				headers.add(line.substring(0, colon), line.substring(colon + 2));
			}
		}
		return headers;
	}

	private static List<String> received(String... fields) throws IOException {
		try (RawClient client = gateway.client()) {
			client.get("/orders/", fields);
			return backend.heads().getFirst().lines().skip(1).filter((line) -> !line.isEmpty()).toList();
		}
	}

	@Test
	void oneFamilyIsWrittenFromTheOther() throws IOException {
		assertThat(received("X-Forwarded-For: 1.2.3.4:99, 2001:db8::2, odd", "X-Forwarded-Proto: https",
				"X-Forwarded-Host: shop.test", "X-Forwarded-Port: 8443"))
			.contains(
					"forwarded: for=\"1.2.3.4:99\";host=\"shop.test:8443\";proto=https, for=\"[2001:db8::2]\", "
							+ "for=unknown, for=127.0.0.1",
					"x-forwarded-for: 1.2.3.4:99, 2001:db8::2, odd, 127.0.0.1", "x-forwarded-port: 8443",
					"x-forwarded-proto: https", "x-forwarded-host: shop.test");
	}

	@Test
	void otherFamilyIsWrittenFromTheOne() throws IOException {
		assertThat(received("Forwarded: for=\"[2001:db8::1]:99\";proto=https;by=_lb;ext=1, for=_b;host=shop.test"))
			.contains(
					"forwarded: for=\"[2001:db8::1]:99\";proto=https;by=_lb;ext=1, for=_b;host=shop.test, for=127.0.0.1",
					"x-forwarded-for: 2001:db8::1, _b, 127.0.0.1", "x-forwarded-proto: https", "x-forwarded-port: 443",
					"x-forwarded-host: shop.test");
	}

	@ParameterizedTest
	@ValueSource(strings = { "for=6.6.6.6;proto=https;for=7.7.7.7", "for=6.6.6.6 proto=https", "for=6.6.6.6;proto",
			"for=6.6.6.6;=https", "for=\"6.6.6.6", "for=6.6.6.6;host=\"a/b\"", "for=6.6.6.6;proto=\"java script\"",
			"for=2001:db8::1;proto=https", "for=6.6.6.6;proto=https;host=", "for=evil.test;proto=https",
			"for=6.6.6.6;ext=\"a;proto=https\"", "for=6.6.6.6;host=\"evil.test\\\"\"", "proto=https;for=\"_a,b\"",
			"for=\"[6.6.6.6]\";proto=https", "f or=6.6.6.6;proto=https", "for=6.6.6.6;proto=https;x\"=1", ",;,",
			"for=6.6.6.6:99999;proto=https" })
	void malformedForwardedIsDropped(String value) throws IOException {
		assertThat(received("Forwarded: " + value)).contains(
				"forwarded: for=127.0.0.1;host=\"gateway.test\";proto=http", "x-forwarded-for: 127.0.0.1",
				"x-forwarded-proto: http", "x-forwarded-host: gateway.test", "x-forwarded-port: 80");
	}

	private static Row row(String name, String... fields) {
		return new Row(name, List.of(fields), "", "");
	}

	/**
	 * What a trusted proxy sends, and what is to be read of it.
	 */
	record Row(String name, List<String> fields, String uri, String address) {

		private Row reads(String uri, String address) {
			return new Row(this.name, this.fields, uri, address);
		}

		private String bareAddress() {
			return this.address.replaceAll("[\\[\\]]", "");
		}

		/**
		 * Whether X-Forwarded-For names the client as the proxy did, with a port or as
		 * what is no address, which Spring reads as it stands.
		 */
		private boolean isNamedByTheProxy() {
			return this.name.equals("X with ports") || this.name.equals("X with what is none");
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
