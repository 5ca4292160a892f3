import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.MountedSecret;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.testing.TestBackend;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.springframework.boot.ssl.SslBundle;

/**
 * The clients and the backends of bench/soak: mixed traffic through two gateways, in clear text through one and by TLS through
 * the other, while backends are killed and started, registrations come and go, and the certificate is renewed. Ends with one
 * line of JSON that counts what came of every kind of traffic.
 */
public final class SoakLoad {

	private static final int LARGE = 8 << 20;

	private static final String RENEWAL = "churn: certificate renewed";

	/** What a broken backend may do to a client shows at once, or within a connect timeout and the tries after it. */
	private static final long AFTERMATH_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();

	private static volatile long killedAt = System.nanoTime() - 2 * AFTERMATH_NANOS;

	private static volatile boolean over;

	private final int port;

	private final int securePort;

	private final String etcd;

	private final CertificateAuthority authority;

	private final MountedSecret secret;

	private final SslBundle trust;

	private final Site clear;

	private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));

	private final io.vertx.core.http.HttpClient http2 = this.vertx.createHttpClient(
			new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));

	private SoakLoad(int port, int securePort, String etcd, Path folder) throws IOException {
		this.port = port;
		this.securePort = securePort;
		this.etcd = etcd;
		this.authority = new CertificateAuthority(folder, "authority");
		this.secret = new MountedSecret(Files.createDirectory(folder.resolve("secret")));
		this.secret.replace(issue(0));
		this.trust = PemBundles.read(this.authority.certificate(), null);
		this.clear = new Site(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), "http://127.0.0.1:" + port);
	}

	/**
	 * Runs.
	 * @param arguments the traffic port in clear text, the one with TLS, etcd's URL, a folder in whose folder secret the
	 * certificate of the latter goes, the seconds
	 */
	public static void main(String[] arguments) {
		try {
			new SoakLoad(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), arguments[2], Path.of(arguments[3]))
				.run(Long.parseLong(arguments[4]));
		}
		catch (Exception ex) {
			// Threads of the clients would keep the process.
			ex.printStackTrace();
			System.exit(1);
		}
		Map<String, Object> result = new TreeMap<>();
		counts.forEach((name, count) -> result.put(name, count.get()));
		System.out.println("RESULT " + new JsonObject(result).encode());
		System.exit(0);
	}

	private void run(long seconds) throws Exception {
		try (TestBackend steady = TestBackend.start("steady", SoakLoad::serve);
				TestBackend shaky = TestBackend.start("shaky", SoakLoad::serve);
				TestBackend passing = TestBackend.start("passing", SoakLoad::serve);
				GrpcBackend talk = GrpcBackend.start();
				EtcdKeys keys = new EtcdKeys(this.etcd)) {
			keys.put("/services/web/steady", steady.address());
			keys.put("/services/web/shaky", shaky.address());
			keys.put("/services/talk/steady", "{\"url\":\"grpc://127.0.0.1:%d\"}".formatted(talk.port()));
			System.out.println("CERTIFICATE");
			awaitServing(this.clear);
			awaitServing(secure(HttpClient.Version.HTTP_2));
			System.out.println("READY");
			List<Thread> threads = new ArrayList<>();
			repeat(threads, 4, "GET HTTP/1.1", 5, this.clear::get);
			repeat(threads, 4, "GET HTTP/2", 5, () -> get2());
			repeat(threads, 2, "POST HTTP/1.1", 20, this.clear::post);
			repeat(threads, 1, "large download", 200, this.clear::download);
			repeat(threads, 1, "large upload", 200, this.clear::upload);
			try (GrpcClient grpc = new GrpcClient(this.port); GrpcClient secureGrpc = secureGrpc()) {
				repeat(threads, 2, "gRPC unary", 10, () -> unary(grpc));
				repeat(threads, 1, "gRPC server stream", 50, () -> count(grpc));
				repeat(threads, 2, "gRPC chat", 50, () -> chat(grpc));
				// The other calls are on the same connection, which has 200 resets in 30 s.
				repeat(threads, 1, "gRPC cancelled", 500, () -> cancel(grpc));
				OkHttpClient sockets = new OkHttpClient();
				repeat(threads, 2, "WebSocket echo", 50, () -> webSocket(sockets, "http://127.0.0.1:" + this.port));
				repeat(threads, 2, "server-sent events, left by the client", 50, this.clear::events);
				repeat(threads, 2, "download, reset by the client", 50, () -> abort());
				repeat(threads, 1, "upload, reset by the client", 50, () -> abortUpload());
				repeat(threads, 1, "slow reader", 50, () -> slowReader(plainSocket()));
				repeat(threads, 1, "slow writer", 50, () -> slowWriter(plainSocket()));
				startSecure(threads, secureGrpc);
				threads.add(Thread.ofVirtual().start(() -> churnBackend(shaky)));
				threads.add(Thread.ofVirtual().start(() -> churnRegistrations(keys, passing)));
				threads.add(Thread.ofVirtual().start(() -> churnCertificate()));
				pause(seconds * 1_000);
				over = true;
				for (Thread thread : threads) {
					if (!thread.join(Duration.ofSeconds(60))) {
						counts.computeIfAbsent("unexplained: a client hangs", (key) -> new AtomicLong()).incrementAndGet();
					}
				}
			}
		}
	}

	/** The same by TLS, where nothing but a backend's end may excuse a failure either. */
	private void startSecure(List<Thread> threads, GrpcClient grpc) {
		Site http1 = secure(HttpClient.Version.HTTP_1_1);
		Site http2 = secure(HttpClient.Version.HTTP_2);
		repeat(threads, 2, "GET HTTP/1.1 by TLS", 10, http1::get);
		repeat(threads, 4, "GET HTTP/2 by TLS", 10, http2::get);
		repeat(threads, 1, "GET HTTP/1.1 by TLS, each on a new connection", 200, () -> getAnew(HttpClient.Version.HTTP_1_1));
		repeat(threads, 1, "GET HTTP/2 by TLS, each on a new connection", 200, () -> getAnew(HttpClient.Version.HTTP_2));
		repeat(threads, 1, "POST HTTP/1.1 by TLS", 20, http1::post);
		repeat(threads, 2, "POST HTTP/2 by TLS", 20, http2::post);
		repeat(threads, 1, "large download by TLS", 400, http1::download);
		repeat(threads, 1, "large download HTTP/2 by TLS", 400, http2::download);
		repeat(threads, 1, "large upload HTTP/2 by TLS", 400, http2::upload);
		repeat(threads, 1, "server-sent events HTTP/2 by TLS, left by the client", 50, http2::events);
		// 200 resets in 30 s are what a connection has.
		repeat(threads, 1, "download HTTP/2 by TLS, reset by the client", 500, http2::abort);
		repeat(threads, 1, "slow reader by TLS", 50, () -> slowReader(secureSocket()));
		repeat(threads, 1, "slow reader HTTP/2 by TLS", 50, http2::slowReader);
		repeat(threads, 1, "slow writer by TLS", 50, () -> slowWriter(secureSocket()));
		repeat(threads, 2, "gRPC unary by TLS", 20, () -> unary(grpc));
		repeat(threads, 1, "gRPC server stream by TLS", 100, () -> count(grpc));
		repeat(threads, 1, "gRPC chat by TLS", 50, () -> chat(grpc));
		repeat(threads, 1, "gRPC cancelled by TLS", 500, () -> cancel(grpc));
		OkHttpClient sockets = new OkHttpClient.Builder()
			.sslSocketFactory(context().getSocketFactory(), (X509TrustManager) this.trust.getManagers().getTrustManagers()[0])
			.build();
		repeat(threads, 1, "WebSocket echo by TLS", 50, () -> webSocket(sockets, "https://127.0.0.1:" + this.securePort));
	}

	private SSLContext context() {
		return this.trust.createSslContext();
	}

	private Site secure(HttpClient.Version version) {
		return new Site(HttpClient.newBuilder().version(version).sslContext(context()).build(),
				"https://127.0.0.1:" + this.securePort);
	}

	private GrpcClient secureGrpc() throws IOException {
		return new GrpcClient(NettyChannelBuilder.forAddress("127.0.0.1", this.securePort)
			.sslContext(GrpcSslContexts.forClient().trustManager(this.authority.certificate().toFile()).build())
			.disableRetry()
			.build(), GrpcBackend.SERVICE);
	}

	private static void awaitServing(Site site) throws Exception {
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
		while (!serves(site)) {
			if (System.nanoTime() > until) {
				throw new IllegalStateException(site.url() + " does not serve what was registered within 60 s");
			}
			pause(100);
		}
	}

	private static boolean serves(Site site) throws Exception {
		try {
			return site.get().equals("ok");
		}
		catch (ConnectException ex) {
			return false;
		}
	}

	/** Does something again and again, and counts what came of it. */
	private static void repeat(List<Thread> threads, int clients, String name, long pauseMillis, Step step) {
		for (int i = 0; i < clients; i++) {
			threads.add(Thread.ofVirtual().start(() -> {
				while (!over) {
					count(name, step);
					pause(pauseMillis);
				}
			}));
		}
	}

	private static void count(String name, Step step) {
		String outcome;
		long before = System.nanoTime();
		try {
			outcome = step.run();
		}
		catch (Exception | AssertionError ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			outcome = cause.getClass().getSimpleName() + ": " + cause.getMessage();
		}
		// A GET of a small body is tried again elsewhere, and no backend has a part in a renewal: nothing excuses their failure.
		boolean excusable = !name.startsWith("GET ") && !name.equals(RENEWAL);
		boolean killed = killedAt >= before - AFTERMATH_NANOS;
		String verdict = outcome.equals("ok") ? "" : (killed && excusable) ? "explained: " : "unexplained: ";
		String key = verdict + name + (verdict.isEmpty() ? "" : ": " + outcome.replaceAll("[0-9]{4,}", "n"));
		counts.computeIfAbsent(key, (absent) -> new AtomicLong()).incrementAndGet();
	}

	private String get2() throws Exception {
		return this.http2.request(HttpMethod.GET, this.port, "127.0.0.1", "/web/small").compose((request) -> {
			// The body is lost to whoever asks for it after the answer has come.
			Future<String> outcome = request.response()
				.compose((answer) -> answer.body().map((body) -> outcome(answer, body.toString())));
			return request.end().compose((sent) -> outcome);
		}).await(30, TimeUnit.SECONDS);
	}

	private static String outcome(HttpClientResponse answer, String body) {
		return (answer.statusCode() == 200 && body.equals("small")) ? "ok"
				: answer.statusCode() + " " + answer.getHeader("holdfast-error") + " \"" + body + "\"";
	}

	private static String unary(GrpcClient grpc) {
		return judge(grpc.send("Say", "hello"), List.of("hello"));
	}

	private static String count(GrpcClient grpc) {
		GrpcClient.Result result = grpc.send("Count", "200");
		return (result.messages().size() == 200) ? judge(result, result.messages()) : "short: " + result.status();
	}

	private static String chat(GrpcClient grpc) {
		GrpcClient.Call call = grpc.call("Chat");
		for (int i = 0; i < 100; i++) {
			if (!call.send(Integer.toString(i)).next().equals(Integer.toString(i))) {
				return "out of order";
			}
			pause(5);
		}
		return judge(call.halfClose().result(), List.of());
	}

	private static String cancel(GrpcClient grpc) {
		GrpcClient.Call call = grpc.call("Chat");
		call.send("hello").next();
		call.cancel();
		return (call.result().status().getCode() == Status.Code.CANCELLED) ? "ok" : "not cancelled";
	}

	private static String judge(GrpcClient.Result result, List<String> expected) {
		return (result.status().isOk() && result.messages().equals(expected)) ? "ok" : result.status().toString();
	}

	private static String webSocket(OkHttpClient client, String site) throws Exception {
		BlockingQueue<String> messages = new LinkedBlockingQueue<>();
		WebSocket socket = client.newWebSocket(new Request.Builder().url(site + "/web/chat").build(),
				new Queueing(messages));
		for (int i = 0; i < 100; i++) {
			socket.send("message " + i);
			String next = String.valueOf(messages.poll(30, TimeUnit.SECONDS));
			if (!next.equals("message " + i)) {
				socket.cancel();
				return next;
			}
			pause(5);
		}
		socket.close(1000, null);
		String end = String.valueOf(messages.poll(30, TimeUnit.SECONDS));
		return end.equals("closed 1000") ? "ok" : end;
	}

	private String abort() throws Exception {
		try (Socket socket = plainSocket()) {
			send(socket, "GET /web/large HTTP/1.1\r\nHost: soak.test\r\n\r\n");
			socket.getInputStream().readNBytes(ThreadLocalRandom.current().nextInt(1, 1 << 20));
			socket.setSoLinger(true, 0);
			return "ok";
		}
	}

	private String abortUpload() throws Exception {
		try (Socket socket = plainSocket()) {
			send(socket, "PUT /web/upload HTTP/1.1\r\nHost: soak.test\r\nContent-Length: " + LARGE + "\r\n\r\n");
			try {
				socket.getOutputStream().write(new byte[ThreadLocalRandom.current().nextInt(1, 1 << 20)]);
			}
			catch (SocketException ex) {
				// Its backend was killed meanwhile; it was to be given up anyway.
			}
			socket.setSoLinger(true, 0);
			return "ok";
		}
	}

	private static String slowReader(Socket connected) throws Exception {
		try (Socket socket = connected) {
			send(socket, "GET /web/large HTTP/1.1\r\nHost: soak.test\r\n\r\n");
			return readSlowly(socket.getInputStream());
		}
	}

	private static String readSlowly(InputStream in) throws IOException {
		for (int i = 0; i < 200 && !over; i++) {
			if (in.readNBytes(2048).length < 2048) {
				return "ended";
			}
			pause(20);
		}
		return "ok";
	}

	private static String slowWriter(Socket connected) throws Exception {
		int length = 50 * 1024;
		try (Socket socket = connected) {
			send(socket, "PUT /web/upload HTTP/1.1\r\nHost: soak.test\r\nConnection: close\r\nContent-Length: " + length
					+ "\r\n\r\n");
			OutputStream out = socket.getOutputStream();
			for (int i = 0; i < 50; i++) {
				out.write(new byte[1024]);
				pause(40);
			}
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			return answer.startsWith("HTTP/1.1 200") ? "ok" : answer.lines().findFirst().orElse("nothing");
		}
	}

	private Socket plainSocket() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), this.port);
	}

	private SSLSocket secureSocket() throws IOException {
		return (SSLSocket) context().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), this.securePort);
	}

	private static void send(Socket socket, String head) throws IOException {
		socket.setSoTimeout(60_000);
		socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
	}

	private String getAnew(HttpClient.Version version) throws Exception {
		Site site = secure(version);
		try (HttpClient client = site.http()) {
			return site.get();
		}
	}

	private static void churnBackend(TestBackend backend) {
		while (!over) {
			pause(ThreadLocalRandom.current().nextInt(4_000, 9_000));
			killedAt = System.nanoTime();
			backend.kill();
			killedAt = System.nanoTime();
			counts.computeIfAbsent("churn: backend killed", (key) -> new AtomicLong()).incrementAndGet();
			pause(ThreadLocalRandom.current().nextInt(500, 3_000));
			backend.restart();
		}
	}

	private static void churnRegistrations(EtcdKeys keys, TestBackend backend) {
		for (int i = 0; !over; i++) {
			if (i % 3 == 0) {
				keys.put("/services/web/passing", backend.address(), keys.grant(Duration.ofSeconds(2)));
				pause(4_000);
			}
			else {
				keys.put("/services/web/passing", backend.address());
				keys.put("/services/other-%d/a".formatted(i), backend.address());
				pause(500);
				keys.delete("/services/web/passing");
				keys.delete("/services/other-%d/a".formatted(i));
				pause(500);
			}
			counts.computeIfAbsent("churn: registrations", (key) -> new AtomicLong()).incrementAndGet();
		}
	}

	private void churnCertificate() {
		for (int i = 1; !over; i++) {
			int number = i;
			pause(10_000);
			count(RENEWAL, () -> renew(number));
		}
	}

	private String renew(int number) throws Exception {
		this.secret.replace(issue(number));
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		while (!name().equals(name(number))) {
			if (System.nanoTime() > until) {
				return "after 30 s it is " + name();
			}
			pause(100);
		}
		return "ok";
	}

	private CertificateAuthority.Issued issue(int number) {
		return this.authority.issue("gateway", "127.0.0.1", name(number));
	}

	private static String name(int number) {
		return "number%d.test".formatted(number);
	}

	/** What a new connection is shown. */
	private String name() throws Exception {
		try (SSLSocket socket = secureSocket()) {
			socket.startHandshake();
			X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
			return certificate.getSubjectAlternativeNames()
				.stream()
				.map((name) -> name.get(1).toString())
				.filter((name) -> name.endsWith(".test"))
				.findFirst()
				.orElse("");
		}
	}

	private static void serve(HttpServerRequest request) {
		switch (request.path()) {
			case "/small" -> request.endHandler((end) -> request.response().end("small"));
			case "/large" -> {
				request.response().putHeader("content-length", Integer.toString(LARGE));
				write(request, new int[] { LARGE });
			}
			case "/upload" -> {
				long[] length = new long[1];
				request.handler((part) -> length[0] += part.length());
				request.endHandler((end) -> request.response().end(Long.toString(length[0])));
			}
			case "/chat" -> request.toWebSocket().onSuccess((socket) -> socket.textMessageHandler(socket::writeTextMessage));
			default -> {
				Vertx vertx = Vertx.currentContext().owner();
				int[] number = new int[1];
				request.response().setChunked(true).putHeader("content-type", "text/event-stream");
				long timer = vertx.setPeriodic(20, (now) -> request.response().write("data: " + ++number[0] + "\n\n"));
				request.response().closeHandler((closed) -> vertx.cancelTimer(timer));
			}
		}
	}

	private static void write(HttpServerRequest request, int[] left) {
		while (!request.response().writeQueueFull()) {
			left[0] -= 64 * 1024;
			if (left[0] <= 0) {
				request.response().end(Buffer.buffer(new byte[64 * 1024]));
				return;
			}
			request.response().write(Buffer.buffer(new byte[64 * 1024]));
		}
		request.response().drainHandler((drained) -> write(request, left));
	}

	private static void pause(long millis) {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	@FunctionalInterface
	private interface Step {

		/** Does it; "ok", or what went wrong. */
		String run() throws Exception;

	}

	/**
	 * A traffic port and the client that asks it.
	 *
	 * @param http the client, with the version that it is to speak
	 * @param url what paths are appended to
	 */
	private record Site(HttpClient http, String url) {

		private HttpRequest.Builder request(String path) {
			return HttpRequest.newBuilder(URI.create(this.url + path)).timeout(Duration.ofSeconds(60));
		}

		private String judge(HttpResponse<String> answer, String expected) {
			return (answer.statusCode() == 200 && answer.body().equals(expected) && isInVersion(answer)) ? "ok" : outcome(answer);
		}

		private boolean isInVersion(HttpResponse<?> answer) {
			return answer.version() == this.http.version();
		}

		private static String outcome(HttpResponse<?> answer) {
			return answer.statusCode() + " " + answer.headers().firstValue("holdfast-error").orElse("") + " " + answer.version();
		}

		String get() throws Exception {
			return judge(this.http.send(request("/web/small").build(), HttpResponse.BodyHandlers.ofString()), "small");
		}

		String post() throws Exception {
			return judge(this.http.send(request("/web/small").POST(HttpRequest.BodyPublishers.ofString("x")).build(),
					HttpResponse.BodyHandlers.ofString()), "small");
		}

		String download() throws Exception {
			HttpResponse<InputStream> answer = large();
			try (InputStream body = answer.body()) {
				long length = 0;
				byte[] buffer = new byte[64 * 1024];
				for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
					length += n;
				}
				return (answer.statusCode() == 200 && length == LARGE && isInVersion(answer)) ? "ok" : outcome(answer);
			}
		}

		String abort() throws Exception {
			try (InputStream body = large().body()) {
				body.readNBytes(ThreadLocalRandom.current().nextInt(1, 1 << 20));
				return "ok";
			}
		}

		String slowReader() throws Exception {
			try (InputStream body = large().body()) {
				return readSlowly(body);
			}
		}

		private HttpResponse<InputStream> large() throws Exception {
			return this.http.send(request("/web/large").build(), HttpResponse.BodyHandlers.ofInputStream());
		}

		String upload() throws Exception {
			HttpRequest request = request("/web/upload").PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[LARGE])).build();
			return judge(this.http.send(request, HttpResponse.BodyHandlers.ofString()), Integer.toString(LARGE));
		}

		String events() throws Exception {
			try (Stream<String> lines = this.http.send(request("/web/events").build(), HttpResponse.BodyHandlers.ofLines()).body()) {
				return lines.anyMatch("data: 50"::equals) ? "ok" : "ended";
			}
		}

	}

	private static final class Queueing extends WebSocketListener {

		private final BlockingQueue<String> messages;

		private Queueing(BlockingQueue<String> messages) {
			this.messages = messages;
		}

		@Override
		public void onMessage(WebSocket socket, String text) {
			this.messages.add(text);
		}

		@Override
		public void onClosed(WebSocket socket, int code, String reason) {
			this.messages.add("closed " + code);
		}

		@Override
		public void onClosing(WebSocket socket, int code, String reason) {
			socket.close(code, null);
		}

		@Override
		public void onFailure(WebSocket socket, Throwable failure, Response response) {
			this.messages.add((response != null) ? response.code() + " " + response.header("holdfast-error", "")
					: failure.getClass().getSimpleName());
		}

	}

}
