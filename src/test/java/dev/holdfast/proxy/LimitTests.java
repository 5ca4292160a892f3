package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.upstream.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LimitTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static final int REFUSED_STREAM = 0x7;

	private static final int CANCEL = 0x8;

	private static final int ENHANCE_YOUR_CALM = 0xb;

	private static final RoutePolicy SMALL_BODIES = Gateway.policy(RouteTimes.DEFAULTS, 10);

	@Test
	void requestLineOfEightThousandOctetsIsAcceptedAndALongerOneIsNot() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/" + "a".repeat(7992)).status()).isEqualTo(200);
			RawClient.Answer answer = client.get("/orders/" + "a".repeat(8192));
			assertThat(answer.status()).isEqualTo(414);
			assertThat(answer.header("holdfast-error")).isEqualTo("uri-too-long");
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.rejections).containsExactly("target-too-long");
			assertThat(backend.heads()).hasSize(1);
		}
	}

	@Test
	void aHundredFieldsAreAcceptedAndOneMoreIsNot() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			List<String> fields = new ArrayList<>();
			for (int i = 1; i < 100; i++) {
				fields.add("X-" + i + ": " + i);
			}
			assertThat(client.get("/orders/", fields.toArray(String[]::new)).status()).isEqualTo(200);
			fields.add("X-100: 100");
			RawClient.Answer answer = client.get("/orders/", fields.toArray(String[]::new));
			assertThat(answer.status()).isEqualTo(431);
			assertThat(answer.header("holdfast-error")).isEqualTo("too-many-headers");
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.rejections).containsExactly("too-many-headers");
			assertThat(backend.heads()).hasSize(1);
		}
	}

	@Test
	void bodyThatIsAnnouncedTooLargeIsNotForwarded() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(SMALL_BODIES, backend.port());
				RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 10\r\n\r\n0123456789");
			assertThat(client.answer().status()).isEqualTo(200);
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 11\r\n\r\n01234567890");
			RawClient.Answer answer = client.answer();
			assertThat(answer.status()).isEqualTo(413);
			assertThat(answer.header("holdfast-error")).isEqualTo("body-too-large");
			assertThat(client.get("/orders/").status()).isEqualTo(200);
			assertThat(backend.heads()).hasSize(2);
		}
	}

	@Test
	void bodyThatGrowsTooLargeTakesTheBackendsRequestAlong() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		CompletableFuture<Void> begun = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			begun.complete(null);
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(SMALL_BODIES, backend.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n")
				.send("6\r\n012345\r\n");
			begun.join();
			client.send("6\r\n012345\r\n");
			RawClient.Answer answer = client.answer();
			assertThat(answer.status()).isEqualTo(413);
			assertThat(answer.header("connection")).isEqualTo("close");
			end.join();
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("body-too-large");
			assertThat(gateway.recorder.outcomes).isSubsetOf(Outcome.CANCELLED);
		}
	}

	@Test
	void clientsBeyondTheLimitAreTurnedAwayUntilOneGoes() throws IOException {
		TrafficLimits limits = new TrafficLimits(8192, 16_384, 100, 2, 0, 100, 200);
		try (Gateway gateway = new Gateway(Gateway.settings(limits, TrafficTimes.DEFAULTS));
				RawClient first = gateway.client()) {
			assertThat(first.get("/livez").status()).isEqualTo(200);
			try (RawClient second = gateway.client()) {
				assertThat(second.get("/livez").status()).isEqualTo(200);
				assertTurnedAway(gateway);
			}
			await().untilAsserted(() -> {
				try (RawClient next = gateway.client()) {
					assertThat(next.get("/livez").status()).isEqualTo(200);
				}
			});
			assertThat(first.get("/livez").status()).isEqualTo(200);
		}
	}

	private static void assertTurnedAway(Gateway gateway) throws IOException {
		try (RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/livez");
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.header("holdfast-error")).isEqualTo("too-many-connections");
			assertThat(answer.header("retry-after")).isEqualTo("1");
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.turnedAway).containsExactly("connections too-many-connections");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void http2ConnectionTakesAsManyStreamsAndResetsAsConfigured(boolean tls, @TempDir Path folder) throws IOException {
		TrafficLimits limits = new TrafficLimits(8192, 16_384, 100, 1000, 0, 3, 5);
		TrafficSettings settings = Gateway.settings(limits, TrafficTimes.DEFAULTS);
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		try (ScriptedBackend backend = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = tls ? new Gateway(settings, Gateway.tls(authority), backend.port())
						: new Gateway(settings, backend.port());
				Http2Wire many = connect(tls, gateway, authority);
				Http2Wire fickle = connect(tls, gateway, authority)) {
			for (int i = 0; i < 4; i++) {
				many.get("/orders/" + i);
			}
			assertThat(many.awaitReset(7)).isEqualTo(REFUSED_STREAM);
			await().until(() -> backend.connections() == 3);
			for (int i = 0; i < 5; i++) {
				fickle.reset(fickle.get("/orders/"), CANCEL);
			}
			fickle.ping(1);
			fickle.awaitPong(1);
			fickle.reset(fickle.get("/orders/"), CANCEL);
			assertThat(fickle.awaitGoAway().code()).isEqualTo(ENHANCE_YOUR_CALM);
			fickle.awaitEnd();
			assertThat(many.frames()).noneMatch(Http2Wire.GoAway.class::isInstance);
		}
	}

	private static Http2Wire connect(boolean tls, Gateway gateway, CertificateAuthority authority) throws IOException {
		return tls
				? Http2Wire.connect(gateway.server.port(),
						PemBundles.read(authority.certificate(), null).createSslContext())
				: Http2Wire.connect(gateway.server.port());
	}

	@Test
	void addressMayHaveALimitOfItsOwn() throws IOException {
		TrafficLimits limits = new TrafficLimits(8192, 16_384, 100, 1000, 1, 100, 200);
		try (Gateway gateway = new Gateway(Gateway.settings(limits, TrafficTimes.DEFAULTS));
				RawClient first = gateway.client()) {
			assertThat(first.get("/livez").status()).isEqualTo(200);
			try (RawClient second = gateway.client()) {
				assertThat(second.get("/livez").header("holdfast-error")).isEqualTo("too-many-connections");
			}
			assertThat(gateway.recorder.turnedAway).containsExactly("connections-per-address too-many-connections");
		}
	}

}
