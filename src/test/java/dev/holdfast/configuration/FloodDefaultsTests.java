package dev.holdfast.configuration;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.proxy.server.TrafficServer;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.LeakCheck;
import dev.holdfast.testing.Patience;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Floods of HTTP/2 against the traffic port as it is shipped: nobody has to configure
 * anything to be safe from them.
 */
class FloodDefaultsTests {

	private static final int DATA = 0x0;

	private static final int HEADERS = 0x1;

	private static final int SETTINGS = 0x4;

	private static final int PING = 0x6;

	private static final int WINDOW_UPDATE = 0x8;

	private static final int CONTINUATION = 0x9;

	private static final int CANCEL = 0x8;

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	static Stream<Arguments> floods() {
		return Stream.of(argumentSet("resets", 201, (Flood) (wire) -> wire.reset(open(wire), CANCEL)),
				argumentSet("resets that the gateway is made to send", 201,
						(Flood) (wire) -> wire.bytes(frame(WINDOW_UPDATE, open(wire), 4))),
				argumentSet("streams", 301, (Flood) FloodDefaultsTests::open),
				argumentSet("empty DATA frames", 1, (Flood) (wire) -> {
					int stream = open(wire);
					wire.bytes(frame(DATA, stream, 0));
					wire.bytes(frame(DATA, stream, 0));
					wire.bytes(frame(DATA, stream, 0));
				}), argumentSet("small CONTINUATION frames", 1, (Flood) (wire) -> {
					// The gateway's settings have been acknowledged by then: between the
					// frames of a head that would be another violation.
					wire.ping(1);
					wire.awaitPong(1);
					wire.bytes(frame(HEADERS, 1, 0));
					for (int i = 0; i < 17; i++) {
						wire.bytes(frame(CONTINUATION, 1, 0));
					}
				}));
	}

	@ParameterizedTest
	@MethodSource("floods")
	void floodEndsItsConnection(int times, Flood flood) {
		run((port) -> {
			try (Http2Wire wire = Http2Wire.connect(port)) {
				send(wire, times, flood);
				wire.awaitEnd();
			}
		});
	}

	private static void send(Http2Wire wire, int times, Flood flood) {
		try {
			for (int i = 0; i < times; i++) {
				flood.send(wire);
			}
		}
		catch (IOException ex) {
			// Cut short, as it is to be.
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { PING, SETTINGS })
	@ResourceLock(LeakCheck.LEVEL)
	void answersThatNobodyReadsDoNotPileUp(int type) {
		byte[] frame = frame(type, 0, (type == PING) ? 8 : 0);
		ByteBuffer block = ByteBuffer.allocate(5000 * frame.length);
		while (block.hasRemaining()) {
			block.put(frame);
		}
		Level level = ResourceLeakDetector.getLevel();
		// Half a million buffers, each with its stack traces, would take a minute.
		ResourceLeakDetector.setLevel(Level.DISABLED);
		try {
			run((port) -> {
				try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
					OutputStream out = socket.getOutputStream();
					out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
					out.write(frame(SETTINGS, 0, 0));
					assertThatThrownBy(() -> {
						// What still comes of a connection that ends is read for a while.
						for (long end = System.nanoTime() + Patience.TIME.toNanos(); System.nanoTime() - end < 0;) {
							out.write(block.array());
						}
					}).isInstanceOf(IOException.class);
				}
			});
		}
		finally {
			ResourceLeakDetector.setLevel(level);
		}
	}

	private void run(Attack attack) {
		new ApplicationContextRunner().withInitializer(new ConfigDataApplicationContextInitializer())
			.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class))
			.withUserConfiguration(PropertiesConfiguration.class, TrafficConfiguration.class)
			.withBean(FakeRegistry.class, FakeRegistry::new)
			.withBean(ActiveRoutes.class, () -> new ActiveRoutes(new RouteTable(List.of(), true, RoutePolicy.DEFAULTS)))
			.withBean(CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
			.withBean(SimpleMeterRegistry.class, () -> this.meters)
			.withPropertyValues("holdfast.server.address=127.0.0.1", "holdfast.server.port=0",
					"holdfast.server.shutdown-grace=0s")
			.run((context) -> {
				attack.on(context.getBean(TrafficServer.class).port());
				await().untilAsserted(() -> assertThat(
						this.meters.get("gateway.rejected.requests").tag("reason", "http2-flood").counter().count())
					.isEqualTo(1));
			});
	}

	/**
	 * Begins a request that is answered at once and does not end.
	 */
	private static int open(Http2Wire wire) throws IOException {
		return wire.request("POST", "/nowhere", false);
	}

	private static byte[] frame(int type, int stream, int length) {
		return ByteBuffer.allocate(9 + length)
			.put((byte) 0)
			.putShort((short) length)
			.put((byte) type)
			.put((byte) 0)
			.putInt(stream)
			.array();
	}

	/**
	 * What of a flood is sent again and again.
	 */
	@FunctionalInterface
	interface Flood {

		void send(Http2Wire wire) throws IOException;

	}

	/**
	 * What is done to a port.
	 */
	@FunctionalInterface
	private interface Attack {

		void on(int port) throws IOException;

	}

}
