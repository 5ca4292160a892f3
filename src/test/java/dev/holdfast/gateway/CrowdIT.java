package dev.holdfast.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.holdfast.testing.Acceptor;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.TestBackend;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients by the thousand that do nothing, or little, for a gateway with little memory.
 * The test and the gateway need 11 000 open files each ({@code ulimit -n}).
 */
@Timeout(300)
class CrowdIT {

	private static final int IDLE = 10_000;

	private static final int SLOW = 100;

	/** Streams whose every byte is a frame: some 60 000 frames each. */
	private static final int TINY = 50;

	private static final long KIB = 1024;

	private static final long MIB = 1024 * KIB;

	private static final long EACH = 256 * KIB;

	/** More than the sockets on its way hold. */
	private static final byte[] LARGE = new byte[32 * (int) MIB];

	private static final int PIECE = 64 * (int) KIB;

	private static EtcdProcess etcd;

	private static TestBackend backend;

	private static LargeAnswers large;

	/** Takes connections, and reads nothing. */
	private static ServerSocket deaf;

	/** The same by HTTP/2. */
	private static Http2Backend deaf2;

	private static GatewayProcess gateway;

	private final List<AutoCloseable> clients = new ArrayList<>();

	@TempDir
	private Path folder;

	private Load others;

	@BeforeAll
	static void start() throws IOException {
		etcd = EtcdProcess.start();
		backend = TestBackend.start("a");
		large = new LargeAnswers();
		deaf = new ServerSocket(0, SLOW, InetAddress.getLoopbackAddress());
		deaf2 = new Http2Backend(new Http2Settings().initialWindowSize(0), Http2Wire::awaitEnd);
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/crowd/a", backend.address());
			keys.put("/services/large/a", "127.0.0.1:" + large.port());
			keys.put("/services/deaf2/a", "{\"url\":\"grpc://127.0.0.1:%d\"}".formatted(deaf2.port()));
			keys.put("/services/deaf/a", "127.0.0.1:" + deaf.getLocalPort());
		}
		// The heap is there from the start, and what compiles code does so little, so
		// that
		// what the process grows by is neither.
		gateway = GatewayProcess.with(etcd.endpoint())
			.jvmFlags("-Xms160m", "-Xmx160m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
					"-XX:MaxDirectMemorySize=96m", "-Dio.netty.maxDirectMemory=100663296")
			// Whoever is given up for doing nothing costs nothing.
			.arguments("--holdfast.server.idle-timeout=10m", "--holdfast.server.body-timeout=10m",
					"--holdfast.server.write-timeout=10m", "--holdfast.upstream.request-timeout=10m",
					"--holdfast.upstream.stream-idle-timeout=10m")
			.start();
		Load.run(gateway.url("/crowd/"), 16, 2_000);
	}

	@AfterAll
	static void stop() throws IOException {
		try {
			assertThat(gateway.defects()).isEmpty();
			assertThat(gateway.log()).doesNotContain("OutOfMemory").doesNotContain("OutOfDirectMemory");
		}
		finally {
			gateway.close();
			backend.close();
			large.close();
			deaf.close();
			deaf2.close();
			etcd.close();
		}
	}

	@BeforeEach
	void serveOthers() {
		this.others = Load.start(gateway.url("/crowd/"), 4, Duration.ofMillis(20));
	}

	@AfterEach
	void othersWereServed() throws Exception {
		Load.Result result = this.others.stop();
		for (AutoCloseable client : this.clients) {
			client.close();
		}
		assertThat(result.reasons()).isEmpty();
		assertThat(result.failures()).isZero();
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
		assertThat(gateway.get("/crowd/").statusCode()).isEqualTo(200);
	}

	@Test
	void answersThatNobodyReadsStayWithTheBackend() throws Exception {
		long heap = liveHeap();
		long rest = residentKib();
		for (int i = 0; i < SLOW; i++) {
			connect("127.0.0.1").write(ByteBuffer
				.wrap("GET /large/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
			Http2Wire wire = Http2Wire
				.connect(URI.create(gateway.url("/")).getPort(), new Http2Settings().initialWindowSize(0))
				.keepWindows();
			this.clients.add(wire);
			wire.get("/large/");
		}
		await().until(() -> large.begun() == 2 * SLOW);
		AtomicLong before = new AtomicLong(-1);
		await().pollInterval(Duration.ofMillis(300)).until(() -> before.getAndSet(large.written()) == large.written());
		assertThat(large.written()).isLessThan(2L * SLOW * LARGE.length);
		assertThat(liveHeap() - heap + (residentKib() - rest) * KIB).isLessThan(2 * SLOW * EACH);
	}

	@Test
	void bodiesThatNobodyReadsStayWithTheClient() throws Exception {
		long heap = liveHeap();
		long rest = residentKib();
		byte[] head = ("POST /deaf/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + LARGE.length + "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		List<Upload> uploads = new ArrayList<>();
		for (int i = 0; i < SLOW; i++) {
			SocketChannel client = connect("127.0.0.1");
			client.write(ByteBuffer.wrap(head));
			client.configureBlocking(false);
			uploads.add(new Upload(client, ByteBuffer.wrap(LARGE)));
		}
		await().during(Duration.ofMillis(500)).until(() -> uploads.stream().filter(Upload::goesOn).count() == 0);
		assertThat(uploads).allMatch((upload) -> upload.body().hasRemaining());
		assertThat(liveHeap() - heap + (residentKib() - rest) * KIB).isLessThan(SLOW * EACH);
	}

	@Test
	void bodiesInTinyFramesCostLittleMore() throws Exception {
		long heap = liveHeap();
		long rest = residentKib();
		Http2Wire client = Http2Wire.connect(URI.create(gateway.url("/")).getPort());
		this.clients.add(client);
		for (int i = 0; i < TINY; i++) {
			client.bytes(tinyFrames(client.request("POST", "/deaf2/", false)));
		}
		client.ping(1);
		client.awaitPong(1);
		assertThat(liveHeap() - heap + (residentKib() - rest) * KIB).isLessThan(TINY * EACH);
	}

	/**
	 * As much of a body as a stream's window allows, a byte in each frame.
	 */
	private static byte[] tinyFrames(int stream) {
		ByteBuffer frames = ByteBuffer.allocate(60 * (int) KIB * 10);
		while (frames.hasRemaining()) {
			frames.putInt(1 << 8).put((byte) 0).putInt(stream).put((byte) 'x');
		}
		return frames.array();
	}

	@Test
	void halfHeadsHarmNobody() throws Exception {
		byte[] half = "GET /crowd/ HTTP/1.1\r\nHost: gateway.test\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < 1000; i++) {
			connect("127.0.0.1").write(ByteBuffer.wrap(half));
		}
		Load.Result meanwhile = Load.run(gateway.url("/crowd/"), 4, 200);
		assertThat(meanwhile.failures()).isZero();
	}

	private SocketChannel connect(String from) throws IOException {
		SocketChannel client = SocketChannel.open();
		this.clients.add(client);
		client.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
		client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), URI.create(gateway.url("/")).getPort()));
		return client;
	}

	/**
	 * What is left of the heap after a collection, bytes.
	 */
	private long liveHeap() throws IOException, InterruptedException {
		Path histogram = this.folder.resolve("histogram");
		Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				Long.toString(gateway.pid()), "GC.class_histogram")
			.redirectErrorStream(true)
			.redirectOutput(histogram.toFile())
			.start();
		try {
			assertThat(jcmd.waitFor(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).as("the gateway answers").isTrue();
		}
		finally {
			jcmd.destroyForcibly();
		}
		try (Stream<String> lines = Files.lines(histogram)) {
			String total = lines.filter((line) -> line.startsWith("Total")).findFirst().orElseThrow();
			return new Scanner(total.substring("Total".length())).skip("\\s*\\d+").nextLong();
		}
	}

	private static long residentKib() throws IOException {
		try (var lines = Files.lines(Path.of("/proc/" + gateway.pid() + "/status"))) {
			String line = lines.filter((candidate) -> candidate.startsWith("VmRSS:")).findFirst().orElseThrow();
			return new Scanner(line.substring("VmRSS:".length())).nextLong();
		}
	}

	/**
	 * A request's body on its way to whoever takes it.
	 */
	private record Upload(SocketChannel client, ByteBuffer body) {

		boolean goesOn() {
			try {
				return this.client.write(this.body) > 0;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/**
	 * An instance whose answers are large, and that writes as much of them as is taken.
	 */
	private static final class LargeAnswers implements AutoCloseable {

		private final Acceptor acceptor;

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicLong written = new AtomicLong();

		LargeAnswers() throws IOException {
			this.acceptor = Acceptor.start(new ServerSocket(0, 2 * SLOW, InetAddress.getLoopbackAddress()),
					(client) -> Acceptor.serve(client, this::answer));
		}

		private void answer(Socket client) throws IOException {
			OutputStream out = client.getOutputStream();
			client.getInputStream().read(new byte[8 * (int) KIB]);
			this.begun.incrementAndGet();
			out.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(LARGE.length)
				.getBytes(StandardCharsets.US_ASCII));
			for (int i = 0; i < LARGE.length; i += PIECE) {
				out.write(LARGE, i, PIECE);
				this.written.addAndGet(PIECE);
			}
		}

		int port() {
			return this.acceptor.port();
		}

		int begun() {
			return this.begun.get();
		}

		long written() {
			return this.written.get();
		}

		@Override
		public void close() throws IOException {
			this.acceptor.close();
		}

	}

}
