package dev.holdfast.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies of 1 GiB through a gateway with a heap of 64 MiB, from and to sockets that
 * block: what they cost is the gateway's.
 */
class LargeBodiesIT {

	private static final long GIB = 1L << 30;

	private static final int BLOCK = 64 * 1024;

	private static final long MOST_IN_FLIGHT = 64L << 20;

	private static final AtomicLong sent = new AtomicLong();

	private static final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private static EtcdProcess etcd;

	private static HttpServer backend;

	private static GatewayProcess gateway;

	@BeforeAll
	static void start() throws IOException {
		etcd = EtcdProcess.start();
		backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		backend.createContext("/", LargeBodiesIT::serve);
		backend.setExecutor(threads);
		backend.start();
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/files/a", "127.0.0.1:" + backend.getAddress().getPort());
		}
		gateway = GatewayProcess.with(etcd.endpoint())
			.jvmFlags("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
			.start();
	}

	@AfterAll
	static void stop() {
		try {
			assertThat(gateway.defects()).isEmpty();
			assertThat(gateway.log()).doesNotContain("OutOfMemory");
		}
		finally {
			gateway.close();
			backend.stop(0);
			threads.close();
			etcd.close();
		}
	}

	@Test
	void uploadOfOneGibibyteArrivesWhole() throws Exception {
		HttpURLConnection connection = connect();
		connection.setFixedLengthStreamingMode(GIB);
		assertThat(upload(connection)).isEqualTo(GIB + " " + checksum());
	}

	@Test
	void chunkedUploadOfOneGibibyteArrivesWhole() throws Exception {
		HttpURLConnection connection = connect();
		connection.setChunkedStreamingMode(BLOCK);
		assertThat(upload(connection)).isEqualTo(GIB + " " + checksum());
	}

	@Test
	void downloadOfOneGibibyteArrivesWholeAtThePaceOfTheClient() throws Exception {
		HttpURLConnection connection = connect();
		try (InputStream body = connection.getInputStream()) {
			assertThat(connection.getResponseCode()).isEqualTo(200);
			// Nothing is read yet, so the backend must come to a halt.
			AtomicLong before = new AtomicLong(-1);
			await().pollInterval(Duration.ofMillis(500)).until(() -> before.getAndSet(sent.get()) == sent.get());
			assertThat(sent).hasValueLessThan(MOST_IN_FLIGHT);
			assertThat(summary(body)).isEqualTo(GIB + " " + checksum());
		}
	}

	private static HttpURLConnection connect() throws IOException {
		return (HttpURLConnection) URI.create(gateway.url("/files/large")).toURL().openConnection();
	}

	private static String upload(HttpURLConnection connection) throws IOException {
		connection.setRequestMethod("PUT");
		connection.setDoOutput(true);
		try (OutputStream body = connection.getOutputStream()) {
			write(body);
		}
		assertThat(connection.getResponseCode()).isEqualTo(200);
		try (InputStream answer = connection.getInputStream()) {
			return new String(answer.readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	private static void serve(HttpExchange exchange) throws IOException {
		try (exchange) {
			if (exchange.getRequestMethod().equals("GET")) {
				exchange.sendResponseHeaders(200, GIB);
				write(exchange.getResponseBody());
				return;
			}
			byte[] answer = summary(exchange.getRequestBody()).getBytes(StandardCharsets.US_ASCII);
			exchange.sendResponseHeaders(200, answer.length);
			exchange.getResponseBody().write(answer);
		}
	}

	private static String summary(InputStream body) throws IOException {
		CRC32 sum = new CRC32();
		long length = 0;
		byte[] buffer = new byte[BLOCK];
		for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
			sum.update(buffer, 0, n);
			length += n;
		}
		return length + " " + sum.getValue();
	}

	private static void write(OutputStream body) throws IOException {
		sent.set(0);
		while (sent.get() < GIB) {
			body.write(block(sent.get()));
			sent.addAndGet(BLOCK);
		}
	}

	// Each block tells its place, so that none can be swapped or repeated unnoticed.
	private static byte[] block(long offset) {
		return ByteBuffer.allocate(BLOCK).putLong(offset).array();
	}

	private static long checksum() {
		CRC32 sum = new CRC32();
		for (long offset = 0; offset < GIB; offset += BLOCK) {
			sum.update(block(offset));
		}
		return sum.getValue();
	}

}
