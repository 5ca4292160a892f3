package dev.holdfast.proxy.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.holdfast.proxy.client.ClientConnection;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How clients leave, on a clock that is moved by hand.
 */
class GracefulShutdownTests {

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.ticker);

	private final List<String> told = new ArrayList<>();

	private final List<Client> clients = new ArrayList<>();

	private int tunnels;

	private final GracefulShutdown shutdown = new GracefulShutdown(this.loop, new Traffic());

	@Test
	void announcementReachesAllAndCountsThem() {
		new Client("h2", true).running = 2;
		new Client("h1", false).running = 1;
		this.tunnels = 1;
		CompletableFuture<Void> announced = this.shutdown.announce();
		assertThat(announced).isNotDone();
		pass(0);
		assertThat(announced).isCompleted();
		assertThat(this.told).containsExactly("h2: announce", "h1: announce");
		assertThat(this.shutdown.remaining()).isEqualTo(new RemainingClients(2, 3, 4, 1));
	}

	@Test
	void waitingEndsWhenTheLastClientHasGone() {
		Client client = new Client("one", false);
		CompletableFuture<Void> gone = this.shutdown.await(Duration.ofSeconds(1));
		pass(500);
		assertThat(gone).isNotDone();
		this.clients.remove(client);
		pass(10);
		assertThat(gone).isCompleted();
		assertThat(this.shutdown.remaining().isNobody()).isTrue();
	}

	@Test
	void waitingEndsWhenItsTimeIsOver() {
		Client client = new Client("one", false);
		CompletableFuture<Void> gone = this.shutdown.await(Duration.ofSeconds(1));
		pass(990);
		assertThat(gone).isNotDone();
		pass(10);
		assertThat(gone).isCompleted();
		assertThat(this.told).isEmpty();
		assertThat(this.clients).containsExactly(client);
	}

	@Test
	void onlyThoseThatHaveBeenQuietAreSentOffAndHttp2AtOnce() {
		new Client("h2", true);
		Client quiet = new Client("quiet", false);
		Client asking = new Client("asking", false);
		CompletableFuture<Void> gone = this.shutdown.sendOff(Duration.ofSeconds(19), Duration.ofSeconds(5));
		pass(0);
		assertThat(this.told).containsExactly("h2: closeWhenDone");
		pass(3000);
		asking.quietSince = this.ticker.nanoTime();
		pass(2000);
		assertThat(this.told).containsExactly("h2: closeWhenDone", "quiet: closeWhenDone");
		this.clients.remove(quiet);
		pass(3000);
		assertThat(this.told).containsExactly("h2: closeWhenDone", "quiet: closeWhenDone", "asking: closeWhenDone");
		assertThat(gone).isNotDone();
		this.clients.clear();
		pass(10);
		assertThat(gone).isCompleted();
	}

	@Test
	void whoeverStaysIsCutOff() {
		new Client("one", false);
		CompletableFuture<Void> gone = this.shutdown.sendOff(Duration.ofMillis(100), Duration.ofSeconds(5));
		pass(100);
		assertThat(gone).isCompleted();
		assertThat(this.shutdown.remaining().isNobody()).isFalse();
		CompletableFuture<Void> cut = this.shutdown.cutOff();
		pass(0);
		assertThat(cut).isCompleted();
		assertThat(this.told).containsExactly("one: close");
	}

	@Test
	void streamsAreEndedAgainAndAgainAndTunnelsResetAfterASecond() {
		new Client("h2", true);
		CompletableFuture<Void> ended = this.shutdown.endStreams();
		pass(0);
		assertThat(ended).isCompleted();
		assertThat(this.told).containsExactly("h2: goAway", "end streams", "end tunnels");
		pass(990);
		assertThat(this.told).hasSize(3);
		pass(10);
		assertThat(this.told.subList(3, 5)).containsExactlyInAnyOrder("end streams", "reset tunnels");
		pass(2000);
		assertThat(this.told.subList(5, this.told.size())).containsExactly("end streams", "end streams");
	}

	@Test
	void whatGoesWrongDoesNotKeepThePortOpenForEver() {
		new Client("one", true) {

			@Override
			public void closeWhenDone() {
				throw new IllegalStateException("broken");
			}

		};
		CompletableFuture<Void> gone = this.shutdown.sendOff(Duration.ofSeconds(19), Duration.ofSeconds(5));
		pass(0);
		assertThat(gone).isCompletedExceptionally();
	}

	@Test
	void aPauseIsAsLongAsItSays() {
		CompletableFuture<Void> over = this.shutdown.pause(Duration.ofMillis(500));
		pass(490);
		assertThat(over).isNotDone();
		pass(10);
		assertThat(over).isCompleted();
	}

	private void pass(long millis) {
		this.channel.runPendingTasks();
		for (long passed = 0; passed < millis; passed += 10) {
			this.ticker.advanceMillis(10);
			this.loop.runTimers();
			this.channel.runPendingTasks();
		}
	}

	private final class Traffic implements GracefulShutdown.Traffic {

		@Override
		public void forEachClient(Consumer<ClientConnection> action) {
			List.copyOf(GracefulShutdownTests.this.clients).forEach(action);
		}

		@Override
		public void endStreams() {
			GracefulShutdownTests.this.told.add("end streams");
		}

		@Override
		public int streamCount() {
			return 4;
		}

		@Override
		public void endTunnels() {
			GracefulShutdownTests.this.told.add("end tunnels");
		}

		@Override
		public void resetTunnels() {
			GracefulShutdownTests.this.told.add("reset tunnels");
		}

		@Override
		public int tunnelCount() {
			return GracefulShutdownTests.this.tunnels;
		}

	}

	private class Client implements ClientConnection {

		private final String name;

		private final boolean multiplexed;

		private int running;

		private long quietSince = GracefulShutdownTests.this.ticker.nanoTime();

		Client(String name, boolean multiplexed) {
			this.name = name;
			this.multiplexed = multiplexed;
			GracefulShutdownTests.this.clients.add(this);
		}

		@Override
		public boolean isMultiplexed() {
			return this.multiplexed;
		}

		@Override
		public int running() {
			return this.running;
		}

		@Override
		public boolean isQuiet(long since) {
			return this.quietSince - since <= 0;
		}

		@Override
		public void announceGoAway() {
			tell("announce");
		}

		@Override
		public void goAway() {
			tell("goAway");
		}

		@Override
		public void closeWhenDone() {
			tell("closeWhenDone");
		}

		@Override
		public void close() {
			tell("close");
		}

		private void tell(String what) {
			GracefulShutdownTests.this.told.add(this.name + ": " + what);
		}

	}

}
