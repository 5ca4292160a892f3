package dev.holdfast.proxy;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class InterimAnswerTests {

	private static final String PUT = "PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n"
			+ "Expect: 100-continue\r\n\r\n";

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@Test
	void clientThatDoesNotWaitForLeaveIsServed() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write(OK);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(PUT);
			await().until(() -> !backend.heads().isEmpty());
			// The backend says nothing, and the client has waited long enough.
			assertThat(client.send("hi").answer().body()).isEqualTo("ok");
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@Test
	void answerWithoutLeaveIsPassedOnAndTheConnectionEnds() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			RawClient.Answer answer = client.send(PUT).answer();
			assertThat(answer.status()).isEqualTo(401);
			// Nobody can tell whether the client will send the body.
			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void oldClientsExpectationIsIgnored() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
			assertThat(client.answer().body()).isEqualTo("ok");
			assertThat(backend.heads().getFirst()).doesNotContainIgnoringCase("expect");
		}
	}

	@Test
	void otherExpectationsAreForTheBackendToJudge() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/", "Expect: 200-maybe").status()).isEqualTo(417);
			assertThat(backend.heads().getFirst()).containsIgnoringCase("\r\nexpect: 200-maybe\r\n");
		}
	}

	@Test
	void hintsArriveBeforeTheAnswerBegins() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>\r\n"
					+ "Connection: X-Hop\r\nX-Hop: 1\r\n\r\n");
			go.join();
			peer.write(OK);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			RawClient.Answer hints = client.head();
			assertThat(hints.status()).isEqualTo(103);
			assertThat(hints.fields()).containsExactlyInAnyOrder("Link: </a.css>; rel=preload", "Link: </b.js>");
			go.complete(null);
			assertThat(client.answer().body()).isEqualTo("ok");
		}
	}

	@Test
	void leaveToContinueReachesAnHttp2Client() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 100 Continue\r\n\r\n");
			peer.in().readNBytes(2);
			peer.write(OK);
			peer.awaitEnd();
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("PUT", "/orders/", false, "content-length", "2", "expect", "100-continue");
			assertThat(client.head(stream).header(":status")).isEqualTo("100");
			client.data(stream, "hi", true);
			Http2Wire.Frame end = client
				.await((frame) -> frame instanceof Http2Wire.Data data && data.stream() == stream && data.end());
			assertThat(end).isEqualTo(new Http2Wire.Data(stream, "ok", true));
		}
	}

	/**
	 * A backend that has more to say before its answer than anybody keeps.
	 * @param sent completed when all but the answer has been written
	 */
	private static ScriptedBackend hintingOften(String hint, CompletableFuture<Void> sent) {
		return new ScriptedBackend((peer) -> {
			peer.readRequest();
			for (int i = 0; i < 2000; i++) {
				peer.write(hint);
			}
			sent.complete(null);
			peer.write(OK);
			peer.awaitEnd();
		});
	}

	@Test
	void hintsWithoutEndDoNotPileUpForAClientThatReadsNothing() throws IOException {
		String hint = "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(32 * 1024) + "\r\n\r\n";
		CompletableFuture<Void> sent = new CompletableFuture<>();
		try (ScriptedBackend backend = hintingOften(hint, sent);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n");
			sent.join();
			String all = client.rest();
			assertThat(all).endsWith("\r\n\r\nok");
			// As much as the kernel holds, and what was under way.
			assertThat(all.length()).isLessThan(16 * 1024 * 1024);
		}
	}

	@Test
	void hintsWithoutEndDoNotPileUpForAnHttp2ClientThatReadsNothing() throws IOException {
		// HPACK cannot shorten it.
		String hint = "HTTP/1.1 103 Early Hints\r\nLink: " + "~".repeat(32 * 1024) + "\r\n\r\n";
		CompletableFuture<Void> sent = new CompletableFuture<>();
		try (ScriptedBackend backend = hintingOften(hint, sent);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
			client.out().write(new Frames().add(Frames.SETTINGS, 0, 0).get(1, "/orders/").bytes());
			sent.join();
			// As much as the kernel holds, and what was under way.
			assertThat(lengthToTheEnd(new DataInputStream(client.in()))).isLessThan(16 * 1024 * 1024);
		}
	}

	/**
	 * Counts bytes to the end of stream 1.
	 */
	private static int lengthToTheEnd(DataInputStream in) throws IOException {
		int length = 0;
		while (true) {
			int size = (in.readUnsignedByte() << 16) + in.readUnsignedShort();
			int type = in.readUnsignedByte();
			int flags = in.readUnsignedByte();
			int stream = in.readInt();
			in.skipNBytes(size);
			length += size;
			if (stream == 1 && type == Frames.DATA && (flags & Frames.END_STREAM) != 0) {
				return length;
			}
		}
	}

	@Test
	void hintsWithoutEndAreNoAnswer() throws IOException {
		Semaphore wanted = new Semaphore(1);
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			while (true) {
				wanted.acquireUninterruptibly();
				peer.write("HTTP/1.1 103 Early Hints\r\n\r\n");
			}
		});
				Gateway gateway = new Gateway(Gateway.policy(Duration.ofMillis(300), Duration.ZERO), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.get("/orders/");
			long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
			String status = client.head(stream).header(":status");
			while (status.equals("103") && System.nanoTime() < until) {
				wanted.release();
				status = client.head(stream).header(":status");
			}
			assertThat(status).isEqualTo("504");
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("timeout");
			wanted.release();
		}
	}

	@Test
	void leaveThatIsGivenWithoutEndIsPassedOnOnce() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(1000));
			peer.in().readNBytes(2);
			peer.write(OK);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			assertThat(client.send(PUT).head().status()).isEqualTo(100);
			assertThat(client.send("hi").answer().body()).isEqualTo("ok");
		}
	}

}
