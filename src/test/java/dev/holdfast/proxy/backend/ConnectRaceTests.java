package dev.holdfast.proxy.backend;

import java.net.ConnectException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The order and the pace of connections to a name's addresses, with the time moved by
 * hand.
 */
class ConnectRaceTests implements ConnectRace.Finish<String> {

	private final MockTicker time = Ticker.newMockTicker();

	private final TrafficLoop loop = new TrafficLoop(new EmbeddedChannel().eventLoop(), this.time);

	private final FakeNames names = new FakeNames("10.0.0.1", "fd00::1", "fd00::2");

	private final HostAddresses host = this.names.resolver().of("orders.internal");

	/** The connections under way. */
	private final Map<String, BiConsumer<@Nullable String, @Nullable Throwable>> running = new LinkedHashMap<>();

	private final List<String> abandoned = new ArrayList<>();

	private final List<String> surplus = new ArrayList<>();

	private String result = "";

	@Override
	public void onConnected(InetAddress address, String made) {
		this.result += made;
	}

	@Override
	public void onFailed(UnreachableHostException failure) {
		this.result += ConnectFailures.reason(failure).reason() + ": " + failure.getMessage();
	}

	@Override
	public void onSurplus(String made) {
		this.surplus.add(made);
	}

	@BeforeEach
	void freeze() {
		assertThat(this.host.ask().join()).hasSize(3);
	}

	@Test
	void theNextBeginsAfterAQuarterOfASecondAndTheFirstToComeWins() {
		start(Duration.ofSeconds(1), Duration.ZERO);
		assertThat(this.running).containsOnlyKeys("10.0.0.1");
		after(249);
		assertThat(this.running).containsOnlyKeys("10.0.0.1");
		after(1);
		assertThat(this.running).containsOnlyKeys("10.0.0.1", "fd00:0:0:0:0:0:0:1");
		connect("fd00:0:0:0:0:0:0:1");
		assertThat(this.result).isEqualTo("fd00:0:0:0:0:0:0:1");
		after(249);
		assertThat(this.running).containsOnlyKeys("10.0.0.1");
		connect("10.0.0.1");
		assertThat(this.surplus).containsExactly("10.0.0.1");
		assertThat(this.result).isEqualTo("fd00:0:0:0:0:0:0:1");
		// Whoever was beaten comes last the next time.
		assertThat(this.host.inOrder(this.host.last()).getLast().getHostAddress()).isEqualTo("10.0.0.1");
	}

	@Test
	void whoeverWasBeatenIsAbandonedWhenTheTimeIsOver() {
		start(Duration.ofSeconds(1), Duration.ofSeconds(1));
		after(250);
		connect("fd00:0:0:0:0:0:0:1");
		after(750);
		after(999);
		assertThat(this.abandoned).isEmpty();
		after(1);
		assertThat(this.abandoned).containsExactly("10.0.0.1");
		assertThat(this.result).isEqualTo("fd00:0:0:0:0:0:0:1");
	}

	@Test
	void whatBeganBehindTheWinnerIsNotAvoided() {
		start(Duration.ofSeconds(1), Duration.ZERO);
		after(250);
		assertThat(this.running).containsOnlyKeys("10.0.0.1", "fd00:0:0:0:0:0:0:1");
		connect("10.0.0.1");
		Set<InetAddress> lasts = new HashSet<>();
		for (int i = 0; i < 2; i++) {
			lasts.add(this.host.inOrder(this.host.last()).getLast());
		}
		assertThat(lasts).hasSize(2);
	}

	@Test
	void theNextBeginsAtOnceWhenOneFails() {
		start(Duration.ofSeconds(1), Duration.ZERO);
		refuse("10.0.0.1");
		refuse("fd00:0:0:0:0:0:0:1");
		assertThat(this.running).containsOnlyKeys("fd00:0:0:0:0:0:0:2");
		connect("fd00:0:0:0:0:0:0:2");
		assertThat(this.result).isEqualTo("fd00:0:0:0:0:0:0:2");
	}

	@Test
	void theFailureTellsOfAllAddressesAndIsThatOfTheFirst() {
		start(Duration.ofSeconds(1), Duration.ZERO);
		after(250);
		refuse("fd00:0:0:0:0:0:0:1");
		refuse("10.0.0.1");
		refuse("fd00:0:0:0:0:0:0:2");
		assertThat(this.result).isEqualTo("refused: 10.0.0.1 (refused), fd00::1 (refused), fd00::2 (refused)");
	}

	@Test
	void aHandshakeThatFailedSaysMoreThanARefusal() {
		start(Duration.ofSeconds(1), Duration.ofSeconds(1));
		refuse("10.0.0.1");
		take("fd00:0:0:0:0:0:0:1").accept(null, new SSLHandshakeException("expired"));
		refuse("fd00:0:0:0:0:0:0:2");
		assertThat(this.result).isEqualTo("tls: 10.0.0.1 (refused), fd00::1 (tls: expired), fd00::2 (refused)");
	}

	@Test
	void allOfItEndsWithTheConnectTime() {
		start(Duration.ofMillis(500), Duration.ZERO);
		after(166);
		assertThat(this.running).hasSize(1);
		after(1);
		assertThat(this.running).hasSize(2);
		after(332);
		assertThat(this.result).isEmpty();
		after(1);
		assertThat(this.result).startsWith("timeout: 10.0.0.1 (timeout), fd00::1 (timeout)");
	}

	@Test
	void whatHasNotBegunInTheConnectTimeIsNotTried() {
		start(Duration.ofMillis(200), Duration.ZERO);
		after(100);
		after(100);
		assertThat(this.result).isEqualTo("timeout: 10.0.0.1 (timeout), fd00::1 (timeout), fd00::2 (not tried)");
	}

	@Test
	void aHandshakeGetsAsLongAgainButNothingNewBegins() {
		start(Duration.ofMillis(500), Duration.ofSeconds(1));
		after(200);
		after(200);
		assertThat(this.running).hasSize(3);
		after(100);
		refuse("10.0.0.1");
		after(999);
		connect("fd00:0:0:0:0:0:0:1");
		assertThat(this.result).isEqualTo("fd00:0:0:0:0:0:0:1");
	}

	@Test
	void aHandshakeEndsAfterItsTimeAsWell() {
		start(Duration.ofMillis(500), Duration.ofSeconds(1));
		after(500);
		after(999);
		assertThat(this.result).isEmpty();
		after(1);
		assertThat(this.result).startsWith("timeout: ");
		assertThat(this.abandoned).containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");
		connect("10.0.0.1");
		assertThat(this.surplus).containsExactly("10.0.0.1");
	}

	private void start(Duration connect, Duration handshake) {
		List<InetAddress> addresses = this.host.last();
		new ConnectRace<String>(this.host, addresses, this.loop, (address, done) -> {
			this.running.put(address.getHostAddress(), done);
			return () -> this.abandoned.add(address.getHostAddress());
		}, this).start(connect.toNanos(), handshake.toNanos());
	}

	private void after(long millis) {
		this.time.advance(millis, TimeUnit.MILLISECONDS);
		this.loop.runTimers();
	}

	private void refuse(String address) {
		take(address).accept(null, new ConnectException("refused"));
	}

	private void connect(String address) {
		take(address).accept(address, null);
	}

	private BiConsumer<@Nullable String, @Nullable Throwable> take(String address) {
		return Objects.requireNonNull(this.running.remove(address), address);
	}

}
