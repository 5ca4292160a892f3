package dev.holdfast.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.LeakCheck;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.TlsMaterial;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * HTTP/2 clients that mean harm: the connection ends, the backend has little of it, other
 * clients are served, and the log says nothing.
 */
class HostileHttp2Tests {

	private static final int STREAMS = TrafficLimits.DEFAULTS.maxStreams();

	/**
	 * The first that are too many. A client that sent more would lose the GOAWAY now and
	 * then: closing a connection with something unread resets it.
	 */
	private static final int RESETS = TrafficLimits.DEFAULTS.maxResets() + 1;

	private static final int PROTOCOL_ERROR = 0x1;

	private static final int FLOW_CONTROL_ERROR = 0x3;

	private static final int REFUSED_STREAM = 0x7;

	private static final int CANCEL = 0x8;

	private static final int ENHANCE_YOUR_CALM = 0xb;

	private static final int LARGEST_WINDOW = Integer.MAX_VALUE;

	private static final int BATCH = 50;

	/** As many as a connection may have resets in half a minute, and one more batch. */
	private static final int MOST_REQUESTS = 200 + BATCH;

	private static CertificateAuthority authority;

	private static Gateway clear;

	private static Gateway secure;

	private static SlowBackend backend;

	@BeforeAll
	static void start(@TempDir Path folder) {
		authority = new CertificateAuthority(folder, "authority");
		backend = new SlowBackend();
		clear = new Gateway(backend.port());
		TlsMaterial material = PemBundles.material(authority.certificate(), authority.issue("server"));
		secure = new Gateway(Gateway.settings(),
				new TrafficTls(
						Optional.of(new ClientTls(() -> material, Map.of(), ClientAuth.NONE, Duration.ofSeconds(60))),
						Map.of()),
				backend.port());
	}

	@AfterAll
	static void stop(CapturedLog log) throws IOException {
		clear.close();
		secure.close();
		backend.close();
		assertThat(log.events())
			.noneMatch((event) -> event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.WARN));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void rapidResetEndsTheConnection(boolean tls) throws IOException {
		try (Http2Wire client = connect(tls)) {
			Frames flood = new Frames();
			for (int i = 0; i < RESETS; i++) {
				flood.get(1 + 2 * i, "/orders/never").number(Frames.RST_STREAM, 1 + 2 * i, CANCEL);
			}
			assertFlood(tls, client, flood);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void resetsReachTheBackendAFewTimesOnly(boolean tls) throws IOException {
		assertThat(requestsUntilTheEnd(tls, (stream) -> new Frames().number(Frames.RST_STREAM, stream, CANCEL)))
			.isLessThanOrEqualTo(MOST_REQUESTS);
	}

	/**
	 * CVE-2025-8671, "MadeYouReset".
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void resetsThatTheGatewayIsMadeToSendCountAsWell(boolean tls) throws IOException {
		assertThat(requestsUntilTheEnd(tls, (stream) -> new Frames().number(Frames.WINDOW_UPDATE, stream, 0)))
			.isLessThanOrEqualTo(MOST_REQUESTS);
		assertThat(
				requestsUntilTheEnd(tls, (stream) -> new Frames().number(Frames.WINDOW_UPDATE, stream, LARGEST_WINDOW)))
			.isLessThanOrEqualTo(MOST_REQUESTS);
		assertThat(requestsUntilTheEnd(tls, (stream) -> new Frames().add(Frames.DATA, 0, stream, (byte) 1)))
			.isLessThanOrEqualTo(MOST_REQUESTS);
	}

	/**
	 * Lets requests arrive at the backend before each is reset, as long as the connection
	 * lives.
	 */
	private static int requestsUntilTheEnd(boolean tls, IntFunction<Frames> reset) throws IOException {
		int before = backend.requests();
		try (Http2Wire client = connect(tls)) {
			for (int stream = 1; stream < 2 * MOST_REQUESTS * 2 && !client.isEnded(); stream += 2 * BATCH) {
				Frames requests = new Frames();
				Frames resets = new Frames();
				for (int i = stream; i < stream + 2 * BATCH; i += 2) {
					requests.get(i, "/orders/never");
					resets.append(reset.apply(i));
				}
				flood(client, requests);
				await().until(() -> client.isEnded() || backend.running() == BATCH);
				flood(client, resets);
				// What the client wants no more must not go on.
				await().until(() -> backend.running() == 0 && gateway(tls).active() == 0);
			}
			assertThat(client.awaitGoAway().code()).isEqualTo(ENHANCE_YOUR_CALM);
			client.awaitEnd();
		}
		int requests = backend.requests() - before;
		assertOthersAreServed(tls);
		return requests;
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void headThatGoesOnInEmptyFramesIsCutShort(boolean tls) throws IOException {
		try (Http2Wire client = connect(tls)) {
			Frames flood = new Frames().add(Frames.HEADERS, Frames.END_STREAM, 1, Frames.head(0x82, "/orders/"));
			for (int i = 0; i < 1000; i++) {
				flood.add(Frames.CONTINUATION, 0, 1);
			}
			assertFlood(tls, client, flood);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void headThatGoesOnInLargeFramesIsCutShort(boolean tls) throws IOException {
		try (Http2Wire client = connect(tls)) {
			Frames flood = new Frames().add(Frames.HEADERS, Frames.END_STREAM, 1, Frames.head(0x82, "/orders/"));
			for (int i = 0; i < 100; i++) {
				flood.add(Frames.CONTINUATION, 0, 1, new byte[16 * 1024]);
			}
			flood(client, flood);
			assertThat(client.awaitGoAway().code()).isEqualTo(PROTOCOL_ERROR);
			client.awaitEnd();
		}
		assertOthersAreServed(tls);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void bodyOfEmptyFramesIsCutShort(boolean tls) throws IOException {
		try (Http2Wire client = connect(tls)) {
			Frames flood = new Frames().post(1, "/orders/never");
			for (int i = 0; i < 1000; i++) {
				flood.add(Frames.DATA, 0, 1);
			}
			assertFlood(tls, client, flood);
		}
	}

	@Test
	@ResourceLock(LeakCheck.LEVEL)
	void answersToPingsAndSettingsThatNobodyReadsDoNotPileUp() throws IOException {
		Frames block = new Frames();
		for (int i = 0; i < 5000; i++) {
			block.add(Frames.PING, 0, 0, new byte[8]).add(Frames.SETTINGS, 0, 0);
		}
		int floods = floods(false);
		Level level = ResourceLeakDetector.getLevel();
		// Half a million buffers, each with its stack traces, would take a minute.
		ResourceLeakDetector.setLevel(Level.DISABLED);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clear.server.port())) {
			OutputStream out = socket.getOutputStream();
			out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			out.write(new Frames().add(Frames.SETTINGS, 0, 0).bytes());
			assertThatThrownBy(() -> {
				// What still comes of a connection that ends is read for a while.
				byte[] bytes = block.bytes();
				for (long end = System.nanoTime() + Patience.TIME.toNanos(); System.nanoTime() - end < 0;) {
					out.write(bytes);
				}
			}).isInstanceOf(IOException.class);
		}
		finally {
			ResourceLeakDetector.setLevel(level);
		}
		assertThat(floods(false)).isEqualTo(floods + 1);
		assertOthersAreServed(false);
	}

	@Test
	void prioritiesAreIgnored() throws IOException {
		try (Http2Wire client = connect(false)) {
			Frames flood = new Frames();
			for (int i = 0; i < 10_000; i++) {
				flood.priority(1 + 2 * i, 0);
			}
			flood(client, flood);
			client.ping(1);
			client.awaitPong(1);
			Frames onItself = new Frames();
			for (int i = 0; i < 1000; i++) {
				onItself.priority(1, 1);
			}
			assertFlood(false, client, onItself);
		}
	}

	@Test
	void streamsBeyondTheLimitAreRefused() throws IOException {
		int before = backend.requests();
		try (Http2Wire client = connect(false)) {
			Frames flood = new Frames();
			for (int i = 0; i < STREAMS + 10; i++) {
				flood.get(1 + 2 * i, "/orders/never");
			}
			flood(client, flood);
			for (int i = 0; i < 10; i++) {
				assertThat(client.awaitReset(1 + 2 * (STREAMS + i))).isEqualTo(REFUSED_STREAM);
			}
			await().until(() -> backend.running() == STREAMS);
			assertOthersAreServed(false);
			assertThat(backend.requests() - before).isEqualTo(STREAMS + 1);
		}
		await().until(() -> backend.running() == 0);
	}

	@Test
	void streamsBeyondTheLimitWithoutEndAreAFlood() throws IOException {
		try (Http2Wire client = connect(false)) {
			Frames flood = new Frames();
			for (int i = 0; i < STREAMS + RESETS; i++) {
				flood.get(1 + 2 * i, "/orders/never");
			}
			assertFlood(false, client, flood);
		}
		await().until(() -> backend.running() == 0);
	}

	@Test
	void windowOfTheConnectionCannotOverflow() throws IOException {
		try (Http2Wire client = connect(false)) {
			flood(client, new Frames().number(Frames.WINDOW_UPDATE, 0, LARGEST_WINDOW));
			assertThat(client.awaitGoAway().code()).isEqualTo(FLOW_CONTROL_ERROR);
			client.awaitEnd();
		}
		await().until(() -> clear.recorder.rejections.contains("http2-protocol"));
	}

	@Test
	void fewBytesThatStandForManyFieldsAreRejected() throws IOException {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		block.writeBytes(Frames.head(0x82, "/orders/never"));
		// "a" with a value of 3 000 bytes, to be remembered as entry 62.
		block.writeBytes(new byte[] { 0x40, 1, 'a', 0x7f, (byte) (0x80 | ((3000 - 127) & 0x7f)), (3000 - 127) >> 7 });
		block.writeBytes("b".repeat(3000).getBytes(StandardCharsets.US_ASCII));
		for (int i = 0; i < 10_000; i++) {
			block.write(0x80 | 62);
		}
		try (Http2Wire client = connect(false)) {
			flood(client,
					new Frames().add(Frames.HEADERS, Frames.END_STREAM | Frames.END_HEADERS, 1, block.toByteArray()));
			assertThat(client.head(1).header(":status")).isEqualTo("431");
			// The table is the same at both ends still.
			client.bytes(new Frames().get(3, "/orders/").bytes());
			assertThat(client.message(3).status()).isEqualTo(200);
		}
	}

	private static void assertFlood(boolean tls, Http2Wire client, Frames flood) throws IOException {
		int floods = floods(tls);
		flood(client, flood);
		assertThat(client.awaitGoAway().code()).isEqualTo(ENHANCE_YOUR_CALM);
		client.awaitEnd();
		await().untilAsserted(() -> assertThat(floods(tls)).isEqualTo(floods + 1));
		assertOthersAreServed(tls);
	}

	private static int floods(boolean tls) {
		return Collections.frequency(gateway(tls).recorder.rejections, "http2-flood");
	}

	private static void flood(Http2Wire client, Frames frames) {
		try {
			client.bytes(frames.bytes());
		}
		catch (IOException ex) {
			// Cut short, which the frames that came tell more of.
		}
	}

	private static Gateway gateway(boolean tls) {
		return tls ? secure : clear;
	}

	private static void assertOthersAreServed(boolean tls) throws IOException {
		try (Http2Wire other = connect(tls)) {
			assertThat(other.message(other.get("/orders/")).status()).isEqualTo(200);
		}
	}

	private static Http2Wire connect(boolean tls) throws IOException {
		int port = gateway(tls).server.port();
		return tls ? Http2Wire.connect(port, PemBundles.read(authority.certificate(), null).createSslContext())
				: Http2Wire.connect(port);
	}

	/**
	 * Of the pseudo-fields CONNECT has the method and the authority alone (RFC 9113,
	 * section 8.5).
	 */
	@ParameterizedTest
	@CsvSource({ "CONNECT, , 405", "GET, *, 400", "OPTIONS, *, 200", "GET, orders, 400" })
	void streamThatAsksForNoPathIsAnsweredAndTheOthersGoOn(String method, @Nullable String path, String status)
			throws IOException {
		try (Http2Wire client = connect(false)) {
			assertThat(client.message(client.get("/orders/")).status()).isEqualTo(200);
			Http2Headers head = new DefaultHttp2Headers().method(method).authority("gateway.test");
			if (path != null) {
				head.scheme("http").path(path);
			}
			int before = clear.recorder.ends.size();
			assertThat(client.message(client.headers(3, head, true)).status()).isEqualTo(Integer.parseInt(status));
			await().until(() -> clear.recorder.ends.size() > before);
			assertThat(client.message(client.headers(5, get(), true)).status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { ":path", ":scheme", ":method" })
	void streamWithoutAPseudoFieldIsRefusedAndTheOthersGoOn(String missing) throws IOException {
		try (Http2Wire client = connect(false)) {
			assertThat(client.message(client.get("/orders/")).status()).isEqualTo(200);
			Http2Headers head = get();
			head.remove(missing);
			client.headers(3, head, true);
			assertThat(client.awaitReset(3)).isEqualTo(PROTOCOL_ERROR);
			assertThat(client.message(client.headers(5, get(), true)).status()).isEqualTo(200);
		}
	}

	private static Http2Headers get() {
		return new DefaultHttp2Headers().method("GET").scheme("http").path("/orders/").authority("gateway.test");
	}

	/**
	 * Answers nothing but what is asked for at its root.
	 */
	private static final class SlowBackend implements AutoCloseable {

		private final AtomicInteger running = new AtomicInteger();

		private final ScriptedBackend backend = new ScriptedBackend((peer) -> {
			while (peer.readHead().startsWith("GET / ")) {
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			}
			this.running.incrementAndGet();
			peer.awaitEnd();
			this.running.decrementAndGet();
		});

		int port() {
			return this.backend.port();
		}

		int requests() {
			return this.backend.heads().size();
		}

		int running() {
			return this.running.get();
		}

		@Override
		public void close() throws IOException {
			this.backend.close();
		}

	}

}
