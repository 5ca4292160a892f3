package dev.holdfast.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.TestBackend;
import io.netty.handler.codec.http2.Http2Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients by the thousand that do nothing, or little, for a gateway with little memory.
 * The test and the gateway need 11 000 open files each ({@code ulimit -n}).
 */
class CrowdIT {

	private static final int IDLE = 10_000;

	private static final int SLOW = 100;

	private static final long KIB = 1024;

	private static final long MIB = 1024 * KIB;

	private static final long EACH = 256 * KIB;

	private static final Buffer LARGE = Buffer.buffer(new byte[10 * (int) MIB]);

	private static final AtomicInteger unread = new AtomicInteger();

	private static EtcdProcess etcd;

	private static TestBackend backend;

	private static GatewayProcess gateway;

	private final List<AutoCloseable> clients = new ArrayList<>();

	private Load others;

	@BeforeAll
	static void start() {
		etcd = EtcdProcess.start();
		backend = TestBackend.start("a", CrowdIT::serve);
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/crowd/a", backend.address());
		}
		// The heap is there from the start, so that what the process grows by is not
		// heap.
		gateway = GatewayProcess.with(etcd.endpoint())
			.jvmFlags("-Xms160m", "-Xmx160m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=96m",
					"-Dio.netty.maxDirectMemory=100663296")
			.arguments("--holdfast.server.idle-timeout=10m")
			.start();
		Load.run(gateway.url("/crowd/small"), 16, 2_000);
	}

	@AfterAll
	static void stop() {
		try {
			assertThat(gateway.defects()).isEmpty();
			assertThat(gateway.log()).doesNotContain("OutOfMemory").doesNotContain("OutOfDirectMemory");
		}
		finally {
			gateway.close();
			backend.close();
			etcd.close();
		}
	}

	@BeforeEach
	void serveOthers() {
		this.others = Load.start(gateway.url("/crowd/small"), 4, Duration.ofMillis(20));
	}

	@AfterEach
	void othersWereServed() throws Exception {
		Load.Result result = this.others.stop();
		for (AutoCloseable client : this.clients) {
			client.close();
		}
		assertThat(result.reasons()).isEmpty();
		assertThat(result.failures()).isZero();
		assertThat(result.slowest()).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void idleConnectionsCostLittle() throws Exception {
		long heap = liveHeap();
		long rest = residentKib();
		byte[] request = "GET /livez HTTP/1.1\r\nHost: gateway.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < IDLE; i++) {
			connect("127.0.0." + (1 + i % 4)).write(ByteBuffer.wrap(request));
		}
		ByteBuffer answer = ByteBuffer.allocate(1024);
		for (AutoCloseable client : this.clients) {
			assertThat(((SocketChannel) client).read(answer.clear())).isPositive();
		}
		long each = (liveHeap() - heap + (residentKib() - rest) * KIB) / IDLE;
		assertThat(each).isLessThan(30 * KIB);
		assertThat(gateway.get("/crowd/small").statusCode()).isEqualTo(200);
	}

	@Test
	void answersThatNobodyReadsStayWithTheBackend() throws Exception {
		long heap = liveHeap();
		long rest = residentKib();
		long before = backend.requests();
		for (int i = 0; i < SLOW; i++) {
			connect("127.0.0.1").write(ByteBuffer
				.wrap("GET /crowd/large HTTP/1.1\r\nHost: gateway.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
			Http2Wire wire = Http2Wire
				.connect(URI.create(gateway.url("/")).getPort(), new Http2Settings().initialWindowSize(0))
				.keepWindows();
			this.clients.add(wire);
			wire.get("/crowd/large");
		}
		assertBounded(before, heap, rest, 2 * SLOW);
	}

	@Test
	void bodiesThatNobodyReadsStayWithTheClient() throws Exception {
		long heap = liveHeap();
		long rest = residentKib();
		long before = unread.get();
		byte[] head = ("POST /crowd/unread HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + LARGE.length()
				+ "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < SLOW; i++) {
			SocketChannel client = connect("127.0.0.1");
			client.write(ByteBuffer.wrap(head));
			client.configureBlocking(false);
		}
		await().until(() -> unread.get() - before == SLOW);
		ByteBuffer body = ByteBuffer.wrap(LARGE.getBytes());
		for (int round = 0; round < 20; round++) {
			for (AutoCloseable client : this.clients) {
				((SocketChannel) client).write(body.clear().limit(512 * (int) KIB));
			}
		}
		assertThat(liveHeap() - heap + (residentKib() - rest) * KIB).isLessThan(64 * MIB);
	}

	@Test
	void halfHeadsHarmNobody() throws Exception {
		byte[] half = "GET /crowd/small HTTP/1.1\r\nHost: gateway.test\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < 1000; i++) {
			connect("127.0.0.1").write(ByteBuffer.wrap(half));
		}
		Load.Result meanwhile = Load.run(gateway.url("/crowd/small"), 4, 200);
		assertThat(meanwhile.failures()).isZero();
	}

	private static void assertBounded(long before, long heap, long rest, int requests)
			throws IOException, InterruptedException {
		await().until(() -> backend.requests() - before >= requests);
		AtomicInteger same = new AtomicInteger();
		long[] last = { 0 };
		// Until what flows has come to a halt.
		await().pollInterval(Duration.ofMillis(300)).until(() -> {
			long now = residentKib();
			same.set((Math.abs(now - last[0]) < 512) ? same.get() + 1 : 0);
			last[0] = now;
			return same.get() >= 2;
		});
		long all = liveHeap() - heap + (residentKib() - rest) * KIB;
		assertThat(all).isLessThan(requests * EACH);
	}

	private SocketChannel connect(String from) throws IOException {
		SocketChannel client = SocketChannel.open();
		this.clients.add(client);
		client.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
		client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), URI.create(gateway.url("/")).getPort()));
		return client;
	}

	private static void serve(HttpServerRequest request) {
		switch (request.path()) {
			case "/large" -> request.response().end(LARGE);
			case "/unread" -> {
				request.pause();
				unread.incrementAndGet();
			}
			default -> request.response().end("ok");
		}
	}

	/**
	 * What is left of the heap after a collection, bytes.
	 */
	private static long liveHeap() throws IOException, InterruptedException {
		Process histogram = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				Long.toString(gateway.pid()), "GC.class_histogram")
			.redirectErrorStream(true)
			.start();
		String text = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		histogram.waitFor(10, TimeUnit.SECONDS);
		String total = text.lines().filter((line) -> line.startsWith("Total")).findFirst().orElseThrow();
		return new Scanner(total.substring("Total".length())).skip("\\s*\\d+").nextLong();
	}

	private static long residentKib() throws IOException {
		try (var lines = Files.lines(Path.of("/proc/" + gateway.pid() + "/status"))) {
			String line = lines.filter((candidate) -> candidate.startsWith("VmRSS:")).findFirst().orElseThrow();
			return new Scanner(line.substring("VmRSS:".length())).nextLong();
		}
	}

}
