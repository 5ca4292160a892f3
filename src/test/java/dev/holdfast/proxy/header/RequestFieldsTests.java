package dev.holdfast.proxy.header;

import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestFieldsTests {

	private static final ClientPeer STRANGER = new ClientPeer("192.0.2.1", false, false, null);

	private static final ClientPeer PROXY = new ClientPeer("127.0.0.1", true, false, null);

	private HttpVersion received = HttpVersion.HTTP_1_1;

	private HttpVersion sent = HttpVersion.HTTP_1_1;

	private boolean preserveHost;

	private String prefix = "";

	private final RequestHead out = new RequestHead();

	private List<String> write(ClientPeer peer, String... fields) {
		RequestHead head = new RequestHead();
		head.begin(this.received, "GET", "/a");
		head.fields().add("Host", "gateway.test");
		for (String field : fields) {
			head.fields().add(field.substring(0, field.indexOf(':')), field.substring(field.indexOf(':') + 1).strip());
		}
		this.out.begin(this.sent, "GET", "/a");
		RequestFields.write(head, peer, RequestHost.of("gateway.test", peer), "id", "10.0.0.1:80", this.prefix,
				this.preserveHost, this.out);
		return this.out.fields().toString().lines().toList();
	}

	@Test
	void fieldsArePassedOnBehindHostAndBeforeTheGatewaysOwn() {
		assertThat(write(STRANGER, "A: 1", "Content-Length: 2", "Content-Type: 3", "Expect: 4", "Idempotency-Key: 5"))
			.containsExactly("host: 10.0.0.1:80", "A: 1", "Content-Length: 2", "Content-Type: 3", "Expect: 4",
					"Idempotency-Key: 5", "x-request-id: id", "via: 1.1 holdfast",
					"forwarded: for=192.0.2.1;host=\"gateway.test\";proto=http", "x-forwarded-for: 192.0.2.1",
					"x-forwarded-proto: http", "x-forwarded-port: 80", "x-forwarded-host: gateway.test");
	}

	@Test
	void fieldsOfTheClientsConnectionAreNotPassedOn() {
		assertThat(write(STRANGER, "Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5",
				"Proxy-Connection: keep-alive", "Proxy-Authorization: Basic eDp5", "TE: gzip", "Upgrade: foo",
				"X-Kept: 2", "Transfer-Encoding: chunked", "x-hop: 3", "Connection: other", "Other: 4"))
			.noneMatch((line) -> line.toLowerCase(Locale.ROOT)
				.matches("(x-hop|keep-alive|proxy-|te|upgrade|connection|transfer-encoding|other).*"))
			.contains("X-Kept: 2");
	}

	@Test
	void connectionCannotTakeAwayWhatTheGatewayAdds() {
		this.prefix = "/orders";
		assertThat(write(STRANGER,
				"Connection: X-Forwarded-For, Host, X-Request-Id, Via, Forwarded, X-Forwarded-Prefix, Content-Length",
				"X-Request-Id: mine", "Content-Length: 5"))
			.contains("host: 10.0.0.1:80", "x-request-id: id", "via: 1.1 holdfast", "x-forwarded-for: 192.0.2.1",
					"x-forwarded-prefix: /orders", "Content-Length: 5");
	}

	@Test
	void viaIsContinued() {
		this.received = HttpVersion.HTTP_1_0;
		assertThat(write(STRANGER, "Via: 1.1 a", "Via: 1.1 b")).contains("via: 1.1 a, 1.1 b, 1.0 holdfast");
		this.received = HttpVersion.HTTP_2;
		assertThat(write(STRANGER)).contains("via: 2.0 holdfast");
	}

	@ParameterizedTest
	@ValueSource(strings = { "trailers", "gzip;q=0.5, Trailers" })
	void willingnessToTakeTrailersIsPassedOnAlone(String value) {
		assertThat(write(STRANGER, "TE: " + value)).contains("te: trailers");
	}

	@Test
	void oldClientsExpectNothing() {
		this.received = HttpVersion.HTTP_1_0;
		assertThat(write(STRANGER, "Expect: 100-continue")).noneMatch((line) -> line.startsWith("Expect"));
	}

	@Test
	void hostIsTheInstancesUnlessTheRoutePreservesIt() {
		this.preserveHost = true;
		assertThat(write(STRANGER)).contains("host: gateway.test");
		this.sent = HttpVersion.HTTP_2;
		assertThat(write(STRANGER)).noneMatch((line) -> line.startsWith("host:"));
		assertThat(this.out.authority()).isEqualTo("gateway.test");
		this.preserveHost = false;
		write(STRANGER);
		assertThat(this.out.authority()).isEqualTo("10.0.0.1:80");
	}

	@Test
	void whatStrangersTellIsDropped() {
		assertThat(write(STRANGER, "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https",
				"X-Forwarded-Host: evil.test", "X-Forwarded-Port: 1", "X-Forwarded-Prefix: /evil",
				"Forwarded: for=1.2.3.4", "Client-Cert: :evil:", "Client-Cert-Chain: evil"))
			.noneMatch((line) -> line.contains("evil") || line.contains("1.2.3.4") || line.contains("https"))
			.contains("forwarded: for=192.0.2.1;host=\"gateway.test\";proto=http", "x-forwarded-for: 192.0.2.1");
	}

	@Test
	void whatProxiesTellIsContinued() {
		this.prefix = "/orders";
		assertThat(write(PROXY, "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8", "X-Forwarded-Proto: https",
				"X-Forwarded-Host: shop.test", "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /shop",
				"Forwarded: for=1.2.3.4", "Client-Cert: :x:"))
			.contains("x-forwarded-for: 1.2.3.4, 5.6.7.8, 127.0.0.1", "x-forwarded-proto: https",
					"x-forwarded-host: shop.test", "x-forwarded-port: 443", "x-forwarded-prefix: /shop, /orders",
					"forwarded: for=1.2.3.4;host=\"shop.test\";proto=https, for=5.6.7.8, for=127.0.0.1",
					"Client-Cert: :x:");
	}

	@Test
	void prefixThatAProxyTellsIsPassedOn() {
		assertThat(write(PROXY, "X-Forwarded-Prefix: /a", "X-Forwarded-Prefix: /b"))
			.contains("x-forwarded-prefix: /a, /b");
	}

	@Test
	void oneFamilyIsWrittenFromTheOther() {
		assertThat(write(PROXY, "Forwarded: for=\"[2001:db8::1]:99\";proto=https;by=_lb;ext=1, for=_b;host=shop.test"))
			.contains(
					"forwarded: for=\"[2001:db8::1]:99\";proto=https;by=_lb;ext=1, for=_b;host=shop.test, for=127.0.0.1",
					"x-forwarded-for: 2001:db8::1, _b, 127.0.0.1", "x-forwarded-proto: https", "x-forwarded-port: 443",
					"x-forwarded-host: shop.test");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Forwarded: for=6.6.6.6;proto", "Forwarded: ,;,", "X-Forwarded-Host:",
			"Forwarded: for=evil.test;proto=https" })
	void proxyThatTellsNothingIsTheClient(String field) {
		String[] fields = field.isEmpty() ? new String[0] : new String[] { field };
		assertThat(write(PROXY, fields)).contains("forwarded: for=127.0.0.1;host=\"gateway.test\";proto=http",
				"x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http", "x-forwarded-host: gateway.test",
				"x-forwarded-port: 80");
	}

	@Test
	void certificateThatAClientShowedIsTold() {
		ClientPeer peer = new ClientPeer("2001:db8::1", false, true, ":abc:");
		assertThat(write(peer, "Client-Cert: :evil:"))
			.contains("client-cert: :abc:", "forwarded: for=\"[2001:db8::1]\";host=\"gateway.test\";proto=https",
					"x-forwarded-for: 2001:db8::1", "x-forwarded-port: 443")
			.noneMatch((line) -> line.contains("evil"));
	}

}
