package dev.holdfast.proxy.header;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TrafficLimits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestHostTests {

	private static final ClientPeer PEER = new ClientPeer("127.0.0.1", false, false, null);

	@ParameterizedTest
	@CsvSource({ "A.Example.ORG, a.example.org, 80", "a:, a, 80", "a:8080, a, 8080", "[::1]:81, [::1], 81" })
	void hostIsReadWithItsPort(String field, String name, String port) {
		RequestHost host = RequestHost.of(field, PEER);
		assertThat(host.valid()).isTrue();
		assertThat(host.field()).isEqualTo(field);
		assertThat(host.name()).isEqualTo(name);
		assertThat(host.port()).isEqualTo(port);
	}

	@Test
	void portIsTheSchemesWhenThereIsNone() {
		assertThat(RequestHost.of("a", new ClientPeer("::1", false, true, null)).port()).isEqualTo("443");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a, b", "a b", "u@a", "a/b", "a:x", "a:65536", "::1", "[]", "[::1]x", ":80", "*" })
	void whatIsNotExactlyOneHostIsNotValid(String field) {
		assertThat(RequestHost.of(field, PEER).valid()).isFalse();
	}

	@Test
	void noHostIsValid() {
		RequestHost host = RequestHost.of("", PEER);
		assertThat(host.valid()).isTrue();
		assertThat(host.forwarded()).isEqualTo("for=127.0.0.1;proto=http");
		assertThat(host.forwarding().toString()).doesNotContain("host");
	}

	@Test
	void headNamesItsHostByItsFieldOrItsAuthority() {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_1_1, "GET", "/");
		assertThat(head.host()).isNull();
		head.fields().add("Host", "a.test");
		assertThat(head.host()).isEqualTo("a.test");
		head.pseudo("A.test", null);
		assertThat(head.host()).isEqualTo("A.test");
	}

	@Test
	void requestNamesExactlyOneHost() {
		assertThat(check(HttpVersion.HTTP_1_1, "GET")).isEqualTo(Rejection.HOST);
		assertThat(check(HttpVersion.HTTP_1_1, "GET", "a")).isNull();
		assertThat(check(HttpVersion.HTTP_1_1, "GET", "a", "a")).isEqualTo(Rejection.HOST);
		assertThat(check(HttpVersion.HTTP_1_0, "GET")).isNull();
		assertThat(check(HttpVersion.HTTP_1_0, "GET", "a", "a")).isEqualTo(Rejection.HOST);
	}

	@Test
	void requestsThatAreNoneForAnInstanceAreTurnedAway() {
		assertThat(check(HttpVersion.HTTP_1_1, "CONNECT", "a")).isEqualTo(Rejection.METHOD);
		assertThat(check(HttpVersion.HTTP_1_1, "TRACE", "a")).isEqualTo(Rejection.METHOD);
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_2, "CONNECT", "/");
		head.pseudo("a", "websocket");
		assertThat(RequestGuard.check(head, TrafficLimits.DEFAULTS)).isNull();
	}

	@Test
	void requestsThatAreTooLargeAreTurnedAway() {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_2, "GET", "/" + "a".repeat(9000));
		head.pseudo("a", null);
		assertThat(RequestGuard.check(head, TrafficLimits.DEFAULTS)).isEqualTo(Rejection.TARGET_TOO_LONG);
		for (int i = 0; i < 101; i++) {
			head.fields().add("a", "b");
		}
		assertThat(RequestGuard.check(head, TrafficLimits.DEFAULTS)).isEqualTo(Rejection.TOO_MANY_HEADERS);
	}

	private static @Nullable Rejection check(HttpVersion version, String method, String... hosts) {
		RequestHead head = new RequestHead();
		head.begin(version, method, "/");
		for (String host : hosts) {
			head.fields().add("Host", host);
		}
		return RequestGuard.check(head, TrafficLimits.DEFAULTS);
	}

}
