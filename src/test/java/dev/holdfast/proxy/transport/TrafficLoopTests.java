package dev.holdfast.proxy.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.testing.Patience;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Event loops with a clock that is moved by hand, and with sockets.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what goes wrong shows in what is missing
class TrafficLoopTests {

	private final MockTicker ticker = Ticker.newMockTicker();

	private final List<String> told = new ArrayList<>();

	private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {

		@Override
		public void flush(ChannelHandlerContext context) {
			TrafficLoopTests.this.told.add("flush");
			context.flush();
		}

	});

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.ticker);

	@ParameterizedTest
	@EnumSource(Transport.class)
	void allThatIsWrittenInOneTurnIsFlushedOnceAtItsEnd(Transport transport) throws Exception {
		assumeThat(transport.isAvailable()).isTrue();
		EventLoops loops = new EventLoops(1, transport);
		TrafficLoop real = loops.all().getFirst();
		try {
			real.eventLoop().submit(() -> {
				write(real, "one");
				write(real, "two");
				real.defer(() -> write(real, "three"));
				assertThat(this.channel.outboundMessages()).isEmpty();
			}).sync();
			real.eventLoop().submit(() -> write(real, "four")).sync();
		}
		finally {
			loops.close();
		}
		assertThat(this.channel.outboundMessages()).containsExactly("one", "two", "three", "four");
		assertThat(this.told).containsOnly("flush").hasSizeLessThanOrEqualTo(2);
	}

	private void write(TrafficLoop loop, String message) {
		this.channel.write(message);
		loop.flushLater(this.channel);
	}

	@Test
	void channelsThatAreWrittenToBecauseOfAFlushAreFlushedAsWell() {
		EmbeddedChannel other = new EmbeddedChannel();
		this.channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {

			@Override
			public void flush(ChannelHandlerContext context) {
				context.flush();
				other.write("more");
				TrafficLoopTests.this.loop.flushLater(other);
			}

		});
		write(this.loop, "one");
		this.channel.runPendingTasks();
		assertThat(this.channel.outboundMessages()).containsExactly("one");
		assertThat(other.outboundMessages()).containsExactly("more");
	}

	@Test
	void timersRunInTheOrderOfTheirTimes() {
		this.loop.after(millis(20), () -> this.told.add("late"));
		this.loop.after(millis(10), () -> this.told.add("early"));
		pass(9);
		assertThat(this.told).isEmpty();
		pass(1);
		assertThat(this.told).containsExactly("early");
		pass(100);
		assertThat(this.told).containsExactly("early", "late");
		pass(100);
		assertThat(this.told).hasSize(2);
	}

	@Test
	void aTimerThatIsCalledOffDoesNotRun() {
		TrafficLoop.Timer timer = this.loop.after(millis(10), () -> this.told.add("timer"));
		timer.cancel();
		timer.cancel();
		pass(100);
		assertThat(this.told).isEmpty();
	}

	@Test
	void aTimerForEverKeepsNoneBackThatIsLate() {
		this.loop.after(millis(10), () -> this.told.add("late"));
		this.ticker.advanceMillis(20);
		this.loop.after(Long.MAX_VALUE, () -> this.told.add("never"));
		this.loop.runTimers();
		assertThat(this.told).containsExactly("late");
	}

	@Test
	void aTimerMayCallOthersOffAndSetNewOnes() {
		TrafficLoop.Timer[] other = new TrafficLoop.Timer[1];
		this.loop.after(millis(10), () -> {
			this.told.add("first");
			other[0].cancel();
			this.loop.after(millis(10), () -> this.told.add("second"));
		});
		other[0] = this.loop.after(millis(11), () -> this.told.add("other"));
		pass(11);
		assertThat(this.told).containsExactly("first");
		pass(10);
		assertThat(this.told).containsExactly("first", "second");
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	private void pass(long millis) {
		this.ticker.advanceMillis(millis);
		this.loop.runTimers();
	}

	@ParameterizedTest
	@EnumSource(Transport.class)
	void connectionsAreAcceptedAndMadeOnTheirEventLoops(Transport transport) throws Exception {
		assumeThat(transport.isAvailable()).isTrue();
		EventLoops loops = new EventLoops(2, transport);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		try {
			Channel socket = loops.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
					(loop, accepted) -> {
						assertThat(loop.eventLoop().inEventLoop()).isTrue();
						assertThat(accepted.eventLoop()).isSameAs(loop.eventLoop());
						threads.add(Thread.currentThread());
						accepted.pipeline().addLast(new Echo(loop));
					});
			for (int i = 0; i < 4; i++) {
				assertThat(echo(loops.all().get(i % 2), (InetSocketAddress) socket.localAddress(), 200_000))
					.isEqualTo(200_000);
			}
			assertThat(threads).extracting(Thread::getName).containsExactlyInAnyOrder("traffic-1", "traffic-2");
		}
		finally {
			loops.close();
		}
		await().until(() -> threads.stream().noneMatch(Thread::isAlive));
	}

	private static int echo(TrafficLoop loop, InetSocketAddress address, int bytes) {
		CompletableFuture<Integer> received = new CompletableFuture<>();
		loop.eventLoop()
			.execute(() -> loop.connect(address, TimeUnit.SECONDS.toNanos(10), new Count(bytes, received))
				.addListener((ChannelFutureListener) (connected) -> connected.channel()
					.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes]))));
		return received.orTimeout(Patience.TIME.toSeconds(), TimeUnit.SECONDS).join();
	}

	@Test
	void aPortThatIsTakenCannotBeListenedOn() throws Exception {
		EventLoops loops = new EventLoops(1, Transport.best());
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
			assertThatIOException().isThrownBy(() -> loops.listen(address, null, (loop, accepted) -> {
			})).withMessageContaining("in use");
		}
		finally {
			loops.close();
		}
	}

	@Test
	void twoOfTheGatewayDoNotShareAPortByAccident() throws Exception {
		EventLoops loops = new EventLoops(2, Transport.best());
		try {
			InetSocketAddress address = (InetSocketAddress) loops
				.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, (loop, accepted) -> {
				})
				.localAddress();
			assertThatIOException().isThrownBy(() -> loops.listen(address, null, (loop, accepted) -> {
			}));
		}
		finally {
			loops.close();
		}
	}

	@RepeatedTest(10) // Netty forgot it now and then
	void theEndClosesWhatIsOpen() throws Exception {
		EventLoops loops = new EventLoops(1, Transport.best());
		AtomicReference<Channel> accepted = new AtomicReference<>();
		Channel socket = loops.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
				(loop, channel) -> accepted.set(channel));
		InetSocketAddress address = (InetSocketAddress) socket.localAddress();
		try (Socket client = new Socket(address.getAddress(), address.getPort())) {
			client.setSoTimeout((int) Patience.TIME.toMillis());
			await().until(() -> accepted.get() != null);
			loops.close();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		assertThat(socket.isOpen()).isFalse();
		assertThatIOException().isThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close());
	}

	private static final class Echo extends ChannelInboundHandlerAdapter {

		private final TrafficLoop loop;

		Echo(TrafficLoop loop) {
			this.loop = loop;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			context.write(message);
			this.loop.flushLater(context.channel());
		}

	}

	private static final class Count extends ChannelInboundHandlerAdapter {

		private final int expected;

		private final CompletableFuture<Integer> received;

		private int count;

		Count(int expected, CompletableFuture<Integer> received) {
			this.expected = expected;
			this.received = received;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf bytes = (ByteBuf) message;
			this.count += bytes.readableBytes();
			bytes.release();
			if (this.count >= this.expected) {
				context.close();
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.received.complete(this.count);
		}

	}

}
