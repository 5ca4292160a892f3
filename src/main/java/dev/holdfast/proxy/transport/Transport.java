package dev.holdfast.proxy.transport;

import dev.holdfast.proxy.TransportChoice;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How event loops learn what happens to their sockets.
 */
public enum Transport {

	/**
	 * Linux's io_uring, by Netty's native library. Everything is read into buffers that
	 * the kernel takes from one ring of the event loop, so that idle connections hold
	 * none.
	 */
	IO_URING("io_uring") {

		@Override
		public @Nullable String problem() {
			Throwable cause = IoUring.unavailabilityCause();
			if (cause == null && !IoUring.isRegisterBufferRingSupported()) {
				return "the kernel has no rings of buffers (expected: Linux 5.19 or newer)";
			}
			return reason(cause);
		}

		@Override
		IoHandlerFactory ioHandlers() {
			return IoUringTransport.ioHandlers();
		}

		@Override
		ServerChannel newServerSocket() {
			return new IoUringServerSocketChannel();
		}

		@Override
		SocketChannel newSocket() {
			return new IoUringSocketChannel();
		}

		@Override
		void prepare(Channel socket, ReadBuffers buffers) {
			IoUringTransport.readByRing(socket);
		}

	},

	/** Linux's epoll, by Netty's native library. */
	EPOLL("epoll") {

		@Override
		public @Nullable String problem() {
			return reason(Epoll.unavailabilityCause());
		}

		@Override
		IoHandlerFactory ioHandlers() {
			return EpollTransport.ioHandlers();
		}

		@Override
		ServerChannel newServerSocket() {
			return new EpollServerSocketChannel();
		}

		@Override
		SocketChannel newSocket() {
			return new EpollSocketChannel();
		}

	},

	/** What the JDK has on any platform. */
	NIO("NIO") {

		@Override
		public @Nullable String problem() {
			return null;
		}

		@Override
		IoHandlerFactory ioHandlers() {
			return NioIoHandler.newFactory();
		}

		@Override
		ServerChannel newServerSocket() {
			return new NioServerSocketChannel();
		}

		@Override
		SocketChannel newSocket() {
			return new NioSocketChannel();
		}

	};

	private final String description;

	Transport(String description) {
		this.description = description;
	}

	/**
	 * Return the best one that works here.
	 */
	public static Transport best() {
		return EPOLL.isAvailable() ? EPOLL : NIO;
	}

	/**
	 * Return the one that is asked for, whether it works here or not.
	 * @param choice what is asked for
	 */
	public static Transport of(TransportChoice choice) {
		return switch (choice) {
			case AUTO -> best();
			case EPOLL -> EPOLL;
			case IO_URING -> IO_URING;
			case NIO -> NIO;
		};
	}

	/**
	 * Return the one that an event loop was made with.
	 */
	static Transport of(EventLoop eventLoop) {
		if (!(eventLoop instanceof IoEventLoop loop) || loop.isCompatible(NioIoHandle.class)) {
			return NIO;
		}
		return loop.isCompatible(EpollIoHandle.class) ? EPOLL : IO_URING;
	}

	/**
	 * Whether it works here.
	 */
	public boolean isAvailable() {
		return problem() == null;
	}

	/**
	 * Return why it does not work here, {@code null} when it does.
	 */
	public abstract @Nullable String problem();

	private static @Nullable String reason(@Nullable Throwable cause) {
		if (cause == null) {
			return null;
		}
		Throwable first = cause;
		while (first.getCause() != null) {
			first = first.getCause();
		}
		return (first.getMessage() != null) ? first.getMessage() : first.toString();
	}

	abstract IoHandlerFactory ioHandlers();

	abstract ServerChannel newServerSocket();

	abstract SocketChannel newSocket();

	/**
	 * Set what a connection reads into.
	 * @param socket the connection, nothing of which has been read
	 * @param buffers its event loop's
	 */
	void prepare(Channel socket, ReadBuffers buffers) {
		socket.config().setRecvByteBufAllocator(buffers);
	}

	/**
	 * Return its name for operators.
	 */
	@Override
	public String toString() {
		return this.description;
	}

}
