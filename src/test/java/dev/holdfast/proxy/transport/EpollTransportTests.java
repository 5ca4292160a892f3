package dev.holdfast.proxy.transport;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.testing.Patience;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sockets whose peers have ended their side while nothing is waited for.
 */
@EnabledOnOs(OS.LINUX)
class EpollTransportTests {

	/** More than one read brings, and less than the sockets hold. */
	private static final int SOME = 100 * 1024;

	private static final int MUCH = 32 * 1024 * 1024;

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollTransport.ioHandlers());

	private final ReadBuffers buffers = new ReadBuffers();

	private final AtomicInteger read = new AtomicInteger();

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	@AfterEach
	void stop() throws InterruptedException {
		this.group.submit(this.buffers::close).sync();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
	}

	@Test
	void readingGoesOnAfterAllHasBeenRead() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Channel channel = connect(listener, false);
			try (Socket peer = listener.accept()) {
				peer.getOutputStream().write(new byte[SOME]);
				peer.shutdownOutput();
				// Netty reads all when it hears of the end, whether it is to read or not.
				assertThat(next()).isEqualTo("input ended");
				assertThat(this.read).hasValue(SOME);
				channel.eventLoop().submit(() -> channel.config().setAutoRead(true)).sync();
				channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1])).addListener(ChannelFutureListener.CLOSE);
				assertThat(peer.getInputStream().readAllBytes()).hasSize(1);
				assertThat(next()).isEqualTo("inactive");
			}
		}
	}

	@Test
	void muchIsWrittenToAPeerThatHasEndedItsSide() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Channel channel = connect(listener, true);
			try (Socket peer = listener.accept()) {
				peer.shutdownOutput();
				assertThat(next()).isEqualTo("input ended");
				channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[MUCH])).addListener(ChannelFutureListener.CLOSE);
				assertThat(peer.getInputStream().readAllBytes().length).isEqualTo(MUCH);
				assertThat(next()).isEqualTo("inactive");
			}
		}
	}

	private String next() throws InterruptedException {
		String event = this.events.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
		return (event != null) ? event : "nothing";
	}

	private Channel connect(ServerSocket listener, boolean read) throws InterruptedException {
		return new Bootstrap().group(this.group)
			.channel(EpollSocketChannel.class)
			.option(ChannelOption.AUTO_READ, read)
			.option(ChannelOption.RECVBUF_ALLOCATOR, this.buffers)
			.option(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.handler(new Recorder())
			.connect(listener.getLocalSocketAddress())
			.sync()
			.channel();
	}

	private final class Recorder extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf bytes = (ByteBuf) message;
			EpollTransportTests.this.read.addAndGet(bytes.readableBytes());
			bytes.release();
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof ChannelInputShutdownEvent) {
				EpollTransportTests.this.events.add("input ended");
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			EpollTransportTests.this.events.add("inactive");
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			EpollTransportTests.this.events.add(failure.toString());
		}

	}

}
