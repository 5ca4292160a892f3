package dev.holdfast.proxy;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	@Test
	void fieldsOfTheClientsConnectionAreNotPassedOn() throws IOException {
		String head = sent("Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5",
				"Proxy-Connection: keep-alive", "Proxy-Authorization: Basic eDp5", "TE: gzip", "Upgrade: foo",
				"X-Kept: 2", "Authorization: Bearer t");
		assertThat(head).doesNotContainIgnoringCase("x-hop")
			.doesNotContainIgnoringCase("keep-alive")
			.doesNotContainIgnoringCase("proxy-")
			.doesNotContainIgnoringCase("\r\nconnection:")
			.doesNotContainIgnoringCase("\r\nte:")
			.doesNotContainIgnoringCase("upgrade")
			.contains("\r\nX-Kept: 2\r\n")
			.contains("\r\nAuthorization: Bearer t\r\n");
	}

	@Test
	void connectionCannotTakeAwayWhatTheGatewayAdds() throws IOException {
		String head = sent("Connection: X-Forwarded-For, Host, X-Request-Id, Via, Forwarded, X-Forwarded-Prefix",
				"X-Request-Id: mine");
		assertThat(head).containsIgnoringCase("\r\nx-forwarded-for: 127.0.0.1\r\n")
			.containsIgnoringCase("\r\nhost: 127.0.0.1:")
			.containsIgnoringCase("\r\nx-request-id: mine\r\n")
			.containsIgnoringCase("\r\nvia: 1.1 holdfast\r\n")
			.containsIgnoringCase("\r\nforwarded: for=127.0.0.1;")
			.containsIgnoringCase("\r\nx-forwarded-prefix: /orders\r\n");
	}

	@Test
	void willingnessToTakeTrailersIsPassedOnAlone() throws IOException {
		assertThat(sent("TE: gzip;q=0.5, trailers")).containsIgnoringCase("\r\nte: trailers\r\n");
	}

	@Test
	void forwardingFieldsOfStrangersAreDropped() throws IOException {
		String head = sent("X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.test",
				"X-Forwarded-Port: 1", "X-Forwarded-Prefix: /evil", "Forwarded: for=1.2.3.4");
		assertThat(head).doesNotContain("1.2.3.4", "https", "evil")
			.containsIgnoringCase("\r\nx-forwarded-for: 127.0.0.1\r\n")
			.containsIgnoringCase("\r\nx-forwarded-proto: http\r\n")
			.containsIgnoringCase("\r\nx-forwarded-host: gateway.test\r\n")
			.containsIgnoringCase("\r\nforwarded: for=127.0.0.1;host=\"gateway.test\";proto=http\r\n");
	}

	@Test
	void forwardingFieldsOfTrustedProxiesAreContinued() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(Gateway.settings("10.1.0.0/16", "127.0.0.0/8"), backend.port());
				RawClient client = gateway.client()) {
			client.get("/orders/", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8", "X-Forwarded-Proto: https",
					"X-Forwarded-Host: shop.test", "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /shop",
					"Forwarded: for=1.2.3.4");
			assertThat(backend.heads().getFirst())
				.containsIgnoringCase("\r\nx-forwarded-for: 1.2.3.4, 5.6.7.8, 127.0.0.1\r\n")
				.containsIgnoringCase("\r\nx-forwarded-proto: https\r\n")
				.containsIgnoringCase("\r\nx-forwarded-host: shop.test\r\n")
				.containsIgnoringCase("\r\nx-forwarded-port: 443\r\n")
				.containsIgnoringCase("\r\nx-forwarded-prefix: /shop, /orders\r\n")
				.containsIgnoringCase(
						"\r\nforwarded: for=1.2.3.4;host=\"shop.test\";proto=https, for=5.6.7.8, for=127.0.0.1\r\n");
		}
	}

	@Test
	void requestWithoutIdGetsAnotherOneEachTime() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.get("/orders/");
			client.get("/orders/");
			assertThat(backend.heads()).extracting(HeaderTests::requestId).doesNotContain("").doesNotHaveDuplicates();
		}
	}

	private static String requestId(String head) {
		int start = head.indexOf("x-request-id: ");
		return (start < 0) ? "" : head.substring(start, head.indexOf("\r\n", start));
	}

	@Test
	void hostIsTheInstancesUnlessTheRoutePreservesIt() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
			try (Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
				client.get("/orders/");
			}
			try (Gateway gateway = Gateway.preservingHost(backend.port()); RawClient client = gateway.client()) {
				client.get("/orders/");
			}
			assertThat(backend.heads().getFirst())
				.containsIgnoringCase("\r\nhost: 127.0.0.1:" + backend.port() + "\r\n");
			assertThat(backend.heads().getLast()).containsIgnoringCase("\r\nhost: gateway.test\r\n");
		}
	}

	@Test
	void hostOfAnAbsoluteTargetWins() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("GET http://other.test:81/orders/a HTTP/1.1\r\nHost: gateway.test\r\n\r\n").answer();
			assertThat(backend.heads().getFirst()).startsWith("GET /a HTTP/1.1\r\n")
				.containsIgnoringCase("\r\nx-forwarded-host: other.test:81\r\n")
				.containsIgnoringCase("\r\nx-forwarded-port: 81\r\n");
		}
	}

	@Test
	void tracesAreContinued() throws IOException {
		String parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
		assertThat(sent(parent)).contains("\r\n" + parent + "\r\n");
	}

	@Test
	void fieldsOfTheBackendsConnectionAreNotPassedOn() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\n"
					+ "Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nVia: 1.1 other\r\nSet-Cookie: a=1\r\n"
					+ "Set-Cookie: b=2\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").fields()).containsExactlyInAnyOrder("via: 1.1 other, 1.1 holdfast",
					"Set-Cookie: a=1", "Set-Cookie: b=2", "Location: /x", "Content-Length: 0");
		}
	}

	private static String sent(String... fields) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.get("/orders/", fields);
			return backend.heads().getFirst();
		}
	}

}
