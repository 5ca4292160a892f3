package dev.holdfast.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ShutdownIT {

	private static final int CLIENTS = 16;

	private static final int SIGTERM = 128 + 15;

	private static final int SLOW_MILLIS = 3_000;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private static final String BODY = "done";

	private final EtcdProcess etcd = EtcdProcess.start();

	private final TestBackend backend = TestBackend.start("a", this::serve);

	private final AtomicLong answered = new AtomicLong();

	private final AtomicLong told = new AtomicLong();

	private final AtomicBoolean slowArrived = new AtomicBoolean();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	@AfterEach
	void stop() {
		this.backend.close();
		this.etcd.close();
	}

	@Test
	void gatewayToldToEndUnderLoadAnswersEveryRequestThatItTook() throws Exception {
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			keys.put("/services/orders/a", this.backend.address());
		}
		try (GatewayProcess gateway = GatewayProcess.with(this.etcd.endpoint()).start()) {
			int port = URI.create(gateway.url("/")).getPort();
			List<Thread> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(Thread.ofVirtual().start(() -> ask(port, "/orders/quick")));
			}
			await().atMost(Duration.ofSeconds(30)).until(() -> this.answered.get() > 1_000);
			clients.add(Thread.ofVirtual().start(() -> ask(port, "/orders/slow")));
			await().untilTrue(this.slowArrived);
			gateway.terminate();
			for (Thread client : clients) {
				assertThat(client.join(Duration.ofSeconds(30))).isTrue();
			}
			assertThat(gateway.awaitExit()).isEqualTo(SIGTERM);
			assertThat(this.failures).isEmpty();
			assertThat(this.told).hasValue(CLIENTS + 1);
			assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
			assertThat(gateway.defects()).isEmpty();
		}
	}

	private void serve(HttpServerRequest request) {
		if (request.path().equals("/slow")) {
			this.slowArrived.set(true);
			Vertx.currentContext().owner().setTimer(SLOW_MILLIS, (timer) -> request.response().end(BODY));
		}
		else {
			request.response().end(BODY);
		}
	}

	// Asks until it is told that the connection ends. Load balancers send nothing more to
	// a gateway that is not ready, so it does not connect again.
	private void ask(int port, String path) {
		long answers = 0;
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(20_000);
			InputStream in = new BufferedInputStream(socket.getInputStream());
			String head = "";
			while (!head.contains("\r\nconnection: close\r\n")) {
				socket.getOutputStream()
					.write("GET %s HTTP/1.1\r\nHost: gateway.test\r\n\r\n".formatted(path)
						.getBytes(StandardCharsets.US_ASCII));
				head = readHead(in);
				String body = new String(in.readNBytes(BODY.length()), StandardCharsets.US_ASCII);
				if (!head.startsWith("http/1.1 200") || !body.equals(BODY)) {
					this.failures.add("after %d answers on the connection: \"%s%s\"".formatted(answers, head, body));
					return;
				}
				// Clients pause between requests, and that is when a connection looks
				// idle.
				LockSupport.parkNanos(PAUSE.toNanos());
				answers++;
				this.answered.incrementAndGet();
			}
			this.told.incrementAndGet();
		}
		catch (IOException ex) {
			this.failures.add("after %d answers on the connection: %s".formatted(answers, ex));
		}
	}

	private static String readHead(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				break;
			}
			head.write(next);
		}
		return head.toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
	}

}
