package dev.holdfast.proxy.tunnel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JoinedEndsTests {

	/** How much later than its time a deadline may be told. */
	private static final Duration SWEEPS = Duration.ofMillis(200);

	private final MockTicker ticker = Ticker.newMockTicker();

	private final TrafficLoop loop = new TrafficLoop(new EmbeddedChannel().eventLoop(), this.ticker);

	private final Tunnels tunnels = new Tunnels(this.loop, TrafficTimes.DEFAULTS);

	private final FakeEnd client = new FakeEnd();

	private final FakeEnd backend = new FakeEnd();

	private final List<@Nullable GatewayError> closed = new ArrayList<>();

	private final Tunnel tunnel = this.tunnels.open(this.client, this.backend,
			(error, fromClient, fromBackend) -> this.closed.add(error));

	private void pass(Duration time) {
		Duration step = Duration.ofMillis(100);
		for (Duration left = time; left.isPositive(); left = left.minus(step)) {
			this.ticker.advance(step.toNanos(), TimeUnit.NANOSECONDS);
			this.loop.deadlines().sweep(this.loop.nanoTime());
		}
	}

	@Test
	void whatOneSideSendsTheOtherOneIsSent() {
		this.client.receives("hello");
		this.backend.receives("world");
		assertThat(this.backend.told).containsExactly("write hello");
		assertThat(this.client.told).containsExactly("write world");
		assertThat(this.tunnels.size()).isOne();
	}

	@Test
	void sideThatTakesNothingStopsTheOther() {
		this.client.writable = false;
		this.backend.receives("much");
		assertThat(this.backend.told).containsExactly("pause");
		assertThat(this.client.told).containsExactly("write much");
		this.client.writable = true;
		this.client.listener().onWritable();
		assertThat(this.backend.told).containsExactly("pause", "resume");
	}

	@Test
	void endOfOneDirectionIsPassedOnAlone() {
		this.client.listener().onInputEnd();
		assertThat(this.backend.told).containsExactly("end output");
		this.backend.receives("still there");
		assertThat(this.client.told).containsExactly("write still there");
		assertThat(this.closed).isEmpty();
	}

	@Test
	void sideWhoseOtherSideHasClosedIsClosedAndThenItIsOver() {
		this.client.closes();
		assertThat(this.backend.told).containsExactly("close");
		assertThat(this.closed).isEmpty();
		assertThat(this.tunnels.size()).isOne();
		this.backend.closes();
		assertThat(this.closed).containsExactly((GatewayError) null);
		assertThat(this.tunnels.size()).isZero();
	}

	@Test
	void whatComesForAClosedSideIsDropped() {
		this.client.closes();
		ByteBuf late = Unpooled.buffer().writeByte('x');
		this.backend.listener().onData(late);
		assertThat(late.refCnt()).isZero();
		assertThat(this.client.told).isEmpty();
	}

	@Test
	void brokenBackendResetsTheClientAndIsTheError() {
		this.backend.listener().onBroken();
		assertThat(this.client.told).containsExactly("reset");
		assertThat(this.closed).containsExactly(GatewayError.BACKEND_RESET);
		assertThat(this.tunnels.size()).isZero();
	}

	@Test
	void brokenClientResetsTheBackendAndIsNoError() {
		this.client.listener().onBroken();
		this.backend.listener().onBroken();
		assertThat(this.backend.told).contains("reset");
		assertThat(this.closed).containsExactly((GatewayError) null);
	}

	@Test
	void bothSidesAreToldOfAnOrderlyEndOnce() {
		this.tunnels.end();
		this.tunnel.end();
		this.client.listener().onInputEnd();
		assertThat(this.client.told).containsExactly("end output");
		assertThat(this.backend.told).containsExactly("end output");
	}

	@Test
	void resetOfAllResetsBothSidesOfEach() {
		this.tunnels.reset();
		assertThat(this.client.told).contains("reset");
		assertThat(this.backend.told).contains("reset");
		assertThat(this.closed).containsExactly((GatewayError) null);
		assertThat(this.tunnels.size()).isZero();
	}

	@Test
	void idleTunnelIsEndedInOrderAndResetWhenNobodyFollows() {
		pass(Duration.ofHours(1));
		assertThat(this.client.told).isEmpty();
		pass(SWEEPS);
		assertThat(this.client.told).containsExactly("end output");
		assertThat(this.backend.told).containsExactly("end output");
		pass(Duration.ofMinutes(1));
		assertThat(this.closed).isEmpty();
		pass(SWEEPS);
		assertThat(this.client.told).contains("reset");
		assertThat(this.backend.told).contains("reset");
		assertThat(this.closed).containsExactly((GatewayError) null);
	}

	@Test
	void tunnelThatCarriesSomethingNowAndThenIsNotIdle() {
		for (int i = 0; i < 3; i++) {
			pass(Duration.ofMinutes(50));
			this.client.receives("ping");
			pass(Duration.ofMinutes(50));
			this.backend.receives("pong");
		}
		assertThat(this.client.told).doesNotContain("end output");
	}

	@Test
	void halfClosedTunnelMayBeIdleForAShorterTime() {
		this.client.listener().onInputEnd();
		pass(Duration.ofMinutes(1));
		assertThat(this.client.told).isEmpty();
		pass(SWEEPS);
		assertThat(this.client.told).contains("reset");
		assertThat(this.backend.told).contains("reset");
	}

	@Test
	void halfClosedTunnelWhosePeerTakesALittleIsNotIdle() {
		this.client.listener().onInputEnd();
		for (int i = 0; i < 3; i++) {
			pass(Duration.ofSeconds(50));
			this.client.listener().onTaken();
		}
		assertThat(this.client.told).isEmpty();
		assertThat(this.closed).isEmpty();
	}

	@Test
	void sideThatTakesNothingMoreBehindAClosedOneIsReset() {
		this.client.closes();
		pass(Duration.ofMinutes(1).plus(SWEEPS));
		assertThat(this.backend.told).contains("close", "reset");
		assertThat(this.closed).containsExactly((GatewayError) null);
	}

	@Test
	void closedTunnelHasNoTimeLeftThatCouldEnd() {
		this.client.closes();
		this.backend.closes();
		pass(Duration.ofHours(2));
		assertThat(this.backend.told).containsExactly("close");
	}

}
