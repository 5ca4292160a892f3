package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.proxy.header.HttpVersion;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The usual way of requests and responses, and how it ends early.
 */
class ExchangeTests {

	private final ExchangeWorld world = new ExchangeWorld(1);

	@Test
	void requestAndResponseArePassedOn() {
		FakeClient client = this.world.request(FakeClient.get("/orders/v1?x=1", "Accept", "*/*"));
		FakeBackend backend = this.world.connected();
		assertThat(backend.told).containsExactly("only head GET /v1?x=1");
		assertThat(backend.fields).contains("127.0.0.1:1|").contains("Accept: */*|").contains("x-request-id: ");
		assertThat(backend.protocol).isEqualTo(WireProtocol.HTTP1);
		assertThat(backend.avoidStale).isFalse();
		backend.head(200, 2, "Content-Type", "text/plain");
		assertThat(client.told).isEmpty();
		backend.sends("ok");
		assertThat(client.told).isEmpty();
		backend.ends();
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		assertThat(client.fields).contains("Content-Type: text/plain|Content-Length: 2|");
		assertThat(client.length).isEqualTo(2);
		assertThat(this.world.recorder.told).containsExactly("start", "try SUCCESS", "end GET 200 after 1");
	}

	@Test
	void responseOfKnownLengthIsStreamedAsItComes() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, 6);
		backend.sends("one");
		assertThat(client.told).containsExactly("head 200", "body one");
		backend.sends("two");
		backend.ends();
		assertThat(client.told).containsExactly("head 200", "body one", "body two", "end");
	}

	@Test
	void lengthOfAResponseThatIsWholeInOneTurnIsTold() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		backend.sends("whole");
		backend.ends();
		assertThat(client.told).containsExactly("head 200", "body whole", "end");
		assertThat(client.length).isEqualTo(5);
		assertThat(client.fields).contains("Content-Length: 5|");
	}

	@Test
	void responseWithoutLengthIsSentAtTheEndOfTheTurn() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		assertThat(client.told).isEmpty();
		this.world.turn();
		assertThat(client.told).containsExactly("head 200");
		assertThat(client.length).isEqualTo(-1);
		backend.sends("part");
		backend.ends("X-Sum", "7");
		assertThat(client.told).containsExactly("head 200", "body part", "end X-Sum: 7|");
	}

	@Test
	void responseWithoutBodyIsAHeadAlone() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "HEAD", "/orders/"));
		this.world.connected().headOnly(200, "Content-Length", "12");
		assertThat(client.told).containsExactly("only head 200");
		assertThat(client.fields).contains("Content-Length: 12|");
	}

	@Test
	void emptyResponseHasALength() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		this.world.connected().headOnly(200);
		assertThat(client.told).containsExactly("only head 200");
		assertThat(client.length).isZero();
	}

	@Test
	void trailersOfAWholeResponseAreSentInPlaceOfALength() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		backend.sends("x");
		backend.ends("X-Sum", "7");
		assertThat(client.told).containsExactly("head 200", "body x", "end X-Sum: 7|");
		assertThat(client.length).isEqualTo(-1);
	}

	@Test
	void clientOfTheOldVersionLearnsTheEndFromItsConnection() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_0, "GET", "/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		this.world.turn();
		assertThat(client.closing).isTrue();
		backend.ends();
	}

	@Test
	void connectionIsClosedBehindTheResponseWhenTheGatewayGoesDown() {
		this.world.shuttingDown = true;
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		this.world.connected().answers(200, "ok");
		assertThat(client.closing).isTrue();
	}

	@Test
	void postWithoutContentSaysSo() {
		this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/"));
		FakeBackend backend = this.world.connected();
		assertThat(backend.fields).contains("Content-Length: 0|");
		assertThat(backend.avoidStale).isTrue();
		backend.answers(200, "ok");
	}

	@Test
	void bodyIsStreamedToTheInstance() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(-1));
		assertThat(client.paused).isTrue();
		FakeBackend backend = this.world.connected();
		assertThat(client.paused).isFalse();
		client.sends("one");
		client.sends("two");
		client.ends("X-Sum", "7");
		assertThat(backend.told).containsExactly("head POST / chunked", "body one", "body two", "end X-Sum: 7|");
		backend.answers(201, "ok");
		assertThat(client.told).containsExactly("head 201", "body ok", "end");
	}

	@Test
	void clientWaitsForAnInstanceThatTakesNothing() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(6));
		FakeBackend backend = this.world.connected();
		backend.writable = false;
		client.sends("one");
		assertThat(client.paused).isTrue();
		backend.takes();
		assertThat(client.paused).isFalse();
		client.sends("two");
		client.ends();
		backend.answers(200, "ok");
	}

	@Test
	void instanceWaitsForAClientThatTakesNothing() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, 100);
		client.writable = false;
		backend.sends("one");
		assertThat(backend.paused).isTrue();
		client.takes();
		assertThat(backend.paused).isFalse();
		client.listener().onGone();
		assertThat(backend.told).contains("cancel");
	}

	@Test
	void responseThatBreaksBeforeItsBodyIsNone() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, 2);
		backend.breaks();
		assertThat(client.told).first().isEqualTo("head 502");
		assertThat(client.fields).contains("Holdfast-Error: backend-reset|");
		assertThat(this.world.recorder.told).containsExactly("start", "try BROKEN",
				"end GET 502 backend-reset after 1");
	}

	@Test
	void responseThatBreaksBehindHeldBytesIsNone() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		backend.sends("part");
		backend.fails(new BackendFailure.Malformed(true));
		this.world.turn();
		assertThat(client.told).first().isEqualTo("head 502");
		assertThat(client.fields).contains("Holdfast-Error: bad-answer|");
	}

	@Test
	void responseThatBreaksInItsBodyIsBrokenOff() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, 6);
		backend.sends("one");
		backend.breaks();
		assertThat(client.told).containsExactly("head 200", "body one", "abort");
		assertThat(this.world.recorder.told).endsWith("end GET 200 backend-reset after 1");
	}

	@Test
	void clientThatGoesEndsTheRequest() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		client.listener().onGone();
		assertThat(backend.told).endsWith("cancel");
		assertThat(client.told).isEmpty();
		assertThat(this.world.recorder.told).containsExactly("start", "try CANCELLED",
				"end GET 499 client-gone after 1");
	}

	@Test
	void clientThatGoesBeforeThereIsAConnectionCallsTheAskingOff() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		client.listener().onGone();
		assertThat(this.world.asked.getFirst().calledOff).isTrue();
	}

	@Test
	void earlyResponseEndsTheRequest() {
		FakeClient client = this.world
			.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(100_000));
		FakeBackend backend = this.world.connected();
		client.sends("part");
		backend.answers(413, "too large");
		assertThat(client.told).containsExactly("head 413", "body too large", "end");
		assertThat(client.closing).isTrue();
		assertThat(backend.told).endsWith("body part", "cancel");
	}

	@Test
	void earlyResponseKeepsTheConnectionWhenLittleIsLeft() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(1000));
		FakeBackend backend = this.world.connected();
		backend.answers(401, "who");
		assertThat(client.closing).isFalse();
		assertThat(backend.told).endsWith("cancel");
	}

	@Test
	void leaveToSendTheBodyIsPassedOnOnce() {
		FakeClient client = this.world
			.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/", "Expect", "100-continue").withBody(3));
		FakeBackend backend = this.world.connected();
		backend.interim(100);
		backend.interim(100);
		client.sends("one");
		client.ends();
		backend.answers(200, "ok");
		assertThat(client.told).containsExactly("interim 100 ", "head 200", "body ok", "end");
	}

	@Test
	void leaveThatNobodyAskedForIsNotPassedOn() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.interim(100);
		backend.answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
	}

	@Test
	void hintsArePassedOnToClientsThatTakeSomething() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.interim(103, "Link", "</a>", "Connection", "X-Hop", "X-Hop", "1", "Content-Length", "3");
		client.writable = false;
		backend.interim(103, "Link", "</b>");
		assertThat(client.told).containsExactly("interim 103 Link: </a>|");
		client.writable = true;
		backend.answers(200, "ok");
	}

	@Test
	void contentThatMustNotComeIsDropped() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(304, -1);
		backend.sends("forbidden");
		backend.ends();
		this.world.turn();
		assertThat(client.told).containsExactly("only head 304");
	}

	@Test
	void bodyThatGrowsTooLargeIsTurnedAway() {
		ExchangeWorld strict = Policies.withMaxBodySize(4);
		FakeClient client = strict.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(-1));
		FakeBackend backend = strict.connected();
		client.sends("four");
		client.sends("!");
		assertThat(backend.told).containsExactly("head POST / chunked", "body four", "cancel");
		assertThat(client.told).first().isEqualTo("head 413");
		assertThat(client.closing).isTrue();
		assertThat(strict.recorder.told).containsExactly("start", "try CANCELLED",
				"end POST 413 body-too-large after 1");
	}

	@Test
	void bodyThatIsMalformedIsToldIfNothingHasBeenSent() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(-1));
		FakeBackend backend = this.world.connected();
		client.sends("part");
		client.listener().onMalformed(Rejection.CHUNK);
		assertThat(backend.told).endsWith("cancel");
		assertThat(client.told).first().isEqualTo("head 400");
		assertThat(client.closing).isTrue();
		assertThat(this.world.recorder.told).containsExactly("start", "try CANCELLED", "rejected chunk",
				"end POST 400 bad-request after 1");
	}

	@Test
	void bodyThatIsMalformedBreaksTheResponseOff() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(-1));
		FakeBackend backend = this.world.connected();
		backend.head(200, 10);
		backend.sends("part");
		client.listener().onMalformed(Rejection.CHUNK);
		assertThat(client.told).containsExactly("head 200", "body part", "abort");
	}

	@Test
	void bodyThatIsMalformedBehindTheResponseEndsTheConnection() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(-1));
		this.world.connected().answers(200, "ok");
		client.listener().onMalformed(Rejection.CHUNK);
		assertThat(client.told).endsWith("end", "hang up");
	}

}
