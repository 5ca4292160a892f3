package dev.holdfast.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies of 1 GiB through a gateway with a heap of 64 MiB.
 */
class LargeBodiesIT {

	private static final long GIB = 1L << 30;

	private static final int BLOCK = 64 * 1024;

	private static final long MOST_IN_FLIGHT = 64L << 20;

	private static final AtomicLong sent = new AtomicLong();

	private static EtcdProcess etcd;

	private static TestBackend backend;

	private static GatewayProcess gateway;

	@BeforeAll
	static void start() {
		etcd = EtcdProcess.start();
		backend = TestBackend.start("a", LargeBodiesIT::serve);
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/files/a", backend.address());
		}
		gateway = GatewayProcess.with(etcd.endpoint()).jvmFlags("-Xmx64m").start();
	}

	@AfterAll
	static void stop() {
		try {
			assertThat(gateway.defects()).isEmpty();
			assertThat(gateway.log()).doesNotContain("OutOfMemory");
		}
		finally {
			gateway.close();
			backend.close();
			etcd.close();
		}
	}

	@Test
	void uploadOfOneGibibyteArrivesWhole() throws Exception {
		assertThat(upload(HttpRequest.BodyPublishers.fromPublisher(body(), GIB))).isEqualTo(GIB + " " + checksum());
	}

	@Test
	void chunkedUploadOfOneGibibyteArrivesWhole() throws Exception {
		assertThat(upload(body())).isEqualTo(GIB + " " + checksum());
	}

	@Test
	void downloadOfOneGibibyteArrivesWholeAtThePaceOfTheClient() throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			HttpResponse<InputStream> response = client.send(request(), HttpResponse.BodyHandlers.ofInputStream());
			assertThat(response.statusCode()).isEqualTo(200);
			// Nothing is read yet, so the backend must come to a halt.
			AtomicLong before = new AtomicLong(-1);
			await().pollInterval(Duration.ofMillis(500)).until(() -> before.getAndSet(sent.get()) == sent.get());
			assertThat(sent).hasValueLessThan(MOST_IN_FLIGHT);
			CRC32 sum = new CRC32();
			long length = 0;
			byte[] buffer = new byte[BLOCK];
			try (InputStream body = response.body()) {
				for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
					sum.update(buffer, 0, n);
					length += n;
				}
			}
			assertThat(length).isEqualTo(GIB);
			assertThat(sum.getValue()).isEqualTo(checksum());
		}
	}

	private static HttpRequest request() {
		return HttpRequest.newBuilder(URI.create(gateway.url("/files/large"))).build();
	}

	private static String upload(HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
		try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
			HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.url("/files/large"))).PUT(body).build();
			HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
			return response.body();
		}
	}

	private static void serve(HttpServerRequest request) {
		if (request.method().name().equals("GET")) {
			request.response().putHeader("content-length", Long.toString(GIB));
			write(request);
			return;
		}
		CRC32 sum = new CRC32();
		AtomicLong length = new AtomicLong();
		request.handler((part) -> {
			sum.update(part.getBytes());
			length.addAndGet(part.length());
		});
		request.endHandler((end) -> request.response().end(length + " " + sum.getValue()));
	}

	private static void write(HttpServerRequest request) {
		while (!request.response().writeQueueFull()) {
			if (sent.get() == GIB) {
				request.response().end();
				return;
			}
			request.response().write(Buffer.buffer(block(sent.get())));
			sent.addAndGet(BLOCK);
		}
		request.response().drainHandler((drained) -> write(request));
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

	private static HttpRequest.BodyPublisher body() {
		return HttpRequest.BodyPublishers.ofInputStream(Blocks::new);
	}

	/**
	 * The body block by block.
	 */
	private static final class Blocks extends InputStream {

		private long offset;

		private ByteBuffer rest = ByteBuffer.allocate(0);

		@Override
		public int read() {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] target, int from, int most) {
			if (!this.rest.hasRemaining()) {
				if (this.offset == GIB) {
					return -1;
				}
				this.rest = ByteBuffer.wrap(block(this.offset));
				this.offset += BLOCK;
			}
			int length = Math.min(most, this.rest.remaining());
			this.rest.get(target, from, length);
			return length;
		}

	}

}
