package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ForwardingTests {

	private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

	@Test
	void getGoesToTheServiceThatTheFirstSegmentNames() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(HELLO);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/v1/items?x=1&y=/..//");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("hello");
			assertThat(backend.heads()).singleElement().asString().startsWith("GET /v1/items?x=1&y=/..// HTTP/1.1\r\n");
			assertThat(gateway.recorder.end())
				.isEqualTo(new Gateway.Recorder.Entry("by-path", "orders", "GET", 200, "", 1));
		}
	}

	@Test
	void requestsOfOneConnectionShareABackendConnection() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(HELLO);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < 10; i++) {
				assertThat(client.get("/orders/" + i).body()).isEqualTo("hello");
			}
			assertThat(backend.heads()).hasSize(10);
			assertThat(backend.connections()).isEqualTo(1);
		}
	}

	@Test
	void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			while (true) {
				String head = peer.readHead();
				String path = head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP"));
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
			}
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			String host = " HTTP/1.1\r\nHost: gateway.test\r\n\r\n";
			client.send("GET /orders/1" + host + "GET /orders/2" + host + "GET /orders/3" + host);
			assertThat(client.answer().body()).isEqualTo("/1");
			assertThat(client.answer().body()).isEqualTo("/2");
			assertThat(client.answer().body()).isEqualTo("/3");
		}
	}

	@Test
	void connectionThatTheBackendClosesIsNotUsedAgain() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.get("/orders/").body()).isEqualTo("hello");
			}
			assertThat(backend.connections()).isEqualTo(3);
		}
	}

	@Test
	void connectionIsNotKeptLongerThanTheBackendAnnounces() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("keep-alive")).isEmpty();
			client.get("/orders/");
			assertThat(backend.connections()).isEqualTo(2);
		}
	}

	@Test
	void idleConnectionIsClosedWhenItsTimeIsOver() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 0\r\n\r\n");
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.get("/orders/");
			assertThat(end.orTimeout(90, TimeUnit.SECONDS).join()).as("ended by a reset").isFalse();
		}
	}

	@Test
	void postWithLengthKeepsItsLength() throws IOException {
		try (ScriptedBackend backend = echo();
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 7\r\n\r\npayload");
			assertThat(client.answer().body()).isEqualTo("payload");
			assertThat(backend.heads()).singleElement()
				.asString()
				.containsIgnoringCase("\r\ncontent-length: 7\r\n")
				.doesNotContainIgnoringCase("transfer-encoding");
		}
	}

	@Test
	void postThatComesInPiecesArrivesWhole() throws IOException {
		try (ScriptedBackend backend = echo();
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 7\r\n\r\n");
			await().until(() -> backend.heads().size() == 1);
			client.send("pay").send("load");
			assertThat(client.answer().body()).isEqualTo("payload");
		}
	}

	@Test
	void chunkedPostStaysChunked() throws IOException {
		try (ScriptedBackend backend = echo();
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ "3\r\npay\r\n4;ext=1\r\nload\r\n0\r\n\r\n");
			assertThat(client.answer().body().replaceAll("\r\n", " ")).isEqualTo("3 pay 4 load 0  ");
			assertThat(backend.heads()).singleElement()
				.asString()
				.containsIgnoringCase("\r\ntransfer-encoding: chunked\r\n")
				.doesNotContainIgnoringCase("content-length");
		}
	}

	@Test
	void answerInChunksArrivesAsItIsSent() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
			peer.readHead();
			peer.write("5\r\nfirst\r\n");
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().header("transfer-encoding")).isEqualTo("chunked");
		}
	}

	@Test
	void firstChunkDoesNotWaitForTheSecond() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			assertThat(client.text(client.chunkSize())).isEqualTo("first");
		}
	}

	@Test
	void answerThatEndsWithItsConnectionIsWhole() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.0 200 OK\r\n\r\nhello");
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").body()).isEqualTo("hello");
			assertThat(client.get("/orders/").body()).isEqualTo("hello");
		}
	}

	@Test
	void headKeepsTheLengthAndHasNoBody() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("HEAD /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().header("content-length")).isEqualTo("500");
			client.send("HEAD /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
		}
	}

	@Test
	void answersWithoutContentHaveNoFraming() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 204 No Content\r\n\r\n");
			peer.readRequest();
			peer.write("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			RawClient.Answer noContent = client.get("/orders/");
			assertThat(noContent.status()).isEqualTo(204);
			assertThat(noContent.header("content-length") + noContent.header("transfer-encoding")).isEmpty();
			RawClient.Answer notModified = client.get("/orders/");
			assertThat(notModified.status()).isEqualTo(304);
			assertThat(notModified.header("etag")).isEqualTo("\"1\"");
			assertThat(notModified.header("content-length") + notModified.header("transfer-encoding")).isEmpty();
		}
	}

	@Test
	void statusMessageIsPassedOn() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 599 Quite unusual\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").line()).isEqualTo("HTTP/1.1 599 Quite unusual");
		}
	}

	@Test
	void leaveToContinueComesFromTheBackend() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 100 Continue\r\n\r\n");
			String body = "" + (char) peer.read() + (char) peer.read();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body);
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n"
					+ "Expect: 100-continue\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(100);
			assertThat(client.send("hi").answer().body()).isEqualTo("hi");
		}
	}

	@Test
	void refusalToContinueEndsTheConnection() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2000000\r\n"
					+ "Expect: 100-continue\r\n\r\n");
			assertThat(client.answer().status()).isEqualTo(413);
		}
	}

	@Test
	void oldClientGetsAnAnswerWithoutChunks() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			// Without its end: a response that is whole gets a length.
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
			go.join();
			peer.write("0\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
			assertThat(client.head().header("transfer-encoding")).isEmpty();
			go.complete(null);
			assertThat(client.rest()).isEqualTo("hello");
		}
	}

	@Test
	void optionsOfTheServerAreAnsweredHere() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			client.send("OPTIONS * HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.answer().status()).isEqualTo(200);
		}
	}

	@Test
	void probesAnswerOnTheTrafficPort() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get("/livez").body()).isEqualTo("ok\n");
			assertThat(client.get("/readyz").status()).isEqualTo(200);
			gateway.probes.ready = false;
			RawClient.Answer unready = client.get("/readyz");
			assertThat(unready.status()).isEqualTo(503);
			assertThat(unready.body()).isEqualTo("no snapshot yet\n");
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	private static ScriptedBackend echo() {
		return new ScriptedBackend((peer) -> {
			String body = peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
			peer.awaitEnd();
		});
	}

}
