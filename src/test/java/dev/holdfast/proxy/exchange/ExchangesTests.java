package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are answered before they are routed.
 */
class ExchangesTests {

	private final ExchangeWorld world = new ExchangeWorld(1);

	@Test
	void probesAreAnsweredAndNotTold() {
		FakeClient live = this.world.request(FakeClient.get("/livez"));
		assertThat(live.told).containsExactly("head 200", "body ok\n", "end");
		this.world.ready = false;
		FakeClient ready = this.world.request(FakeClient.get("/readyz"));
		assertThat(ready.told).containsExactly("head 503", "body no snapshot yet\n", "end");
		assertThat(ready.fields).isEqualTo("Content-Type: text/plain; charset=utf-8|Content-Length: 16|");
		assertThat(this.world.recorder.told).isEmpty();
	}

	@Test
	void probeByHeadIsToldTheLengthAlone() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "HEAD", "/livez"));
		assertThat(client.told).containsExactly("only head 200");
		assertThat(client.fields).contains("Content-Length: 3|");
	}

	@Test
	void optionsOfTheGatewayItselfAreNone() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "OPTIONS", "*"));
		assertThat(client.told).containsExactly("only head 200");
		assertThat(this.world.recorder.told).containsExactly("start", "end OPTIONS 200 after 0");
	}

	@ParameterizedTest
	@CsvSource({ "TRACE,/orders/,405,method", "GET,*,400,target", "GET,/orders/%zz,400,target" })
	void requestThatCouldBeMisunderstoodIsTurnedAway(String method, String target, String status, String reason) {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, method, target));
		assertThat(client.told).first().isEqualTo("head " + status);
		assertThat(client.closing).isTrue();
		assertThat(this.world.recorder.told).contains("rejected " + reason);
	}

	@Test
	void malformedRequestIsTurnedAway() {
		FakeClient client = this.world.request(FakeClient.malformed(Rejection.FRAMING));
		assertThat(client.told).first().isEqualTo("head 400");
		assertThat(client.closing).isTrue();
		assertThat(this.world.recorder.told).containsExactly("start", "rejected framing",
				"end GET 400 bad-request after 0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://user@host/orders/", "http://a,b/orders/", "http://host:x/orders/" })
	void hostThatIsNoneIsTurnedAway(String target) {
		FakeClient client = this.world.request(FakeClient.get(target));
		assertThat(client.told).first().isEqualTo("head 400");
		assertThat(this.world.recorder.told).contains("rejected host");
	}

	@Test
	void requestWithoutRouteIsToldSoWithItsId() {
		FakeClient client = this.world.request(FakeClient.get("/nowhere", "X-Request-Id", "id\"1"));
		assertThat(client.told).first().isEqualTo("head 404");
		assertThat(client.told.get(1)).contains("\"code\":\"no-route\",\"instance\":\"id?1\"}");
		assertThat(client.closing).isFalse();
		assertThat(this.world.recorder.told).containsExactly("start", "end GET 404 no-route after 0");
	}

	@Test
	void bodyThatNobodyWantsEndsTheConnectionWhenItIsMalformed() {
		FakeClient client = this.world
			.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/nowhere").withBody(RequestBody.MOST_KEPT));
		assertThat(client.closing).isFalse();
		client.listener().onMalformed(Rejection.CHUNK);
		assertThat(client.told).endsWith("hang up");
	}

	@Test
	void connectionEndsBehindAnErrorWhenMuchIsStillToCome() {
		FakeClient client = this.world
			.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/nowhere").withBody(RequestBody.MOST_KEPT + 1));
		assertThat(client.closing).isTrue();
	}

	@Test
	void bodyThatIsTooLargeByItsHeadIsTurnedAwayAtOnce() {
		ExchangeWorld strict = Policies.withMaxBodySize(4);
		FakeClient client = strict.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(5));
		assertThat(client.told).first().isEqualTo("head 413");
		assertThat(strict.asked).isEmpty();
	}

	@Test
	void hostsOfClientsAreRemembered() {
		RequestHosts hosts = new RequestHosts();
		FakeClient client = FakeClient.get("/orders/");
		assertThat(hosts.of(client.head().fields(), 0, client.peer()))
			.isSameAs(hosts.of("gateway.test", client.peer()));
		assertThat(hosts.of("Gateway.test", client.peer()).field()).isEqualTo("Gateway.test");
	}

}
