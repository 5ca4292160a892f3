package dev.holdfast.proxy.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, without two faults of Netty 4.2.18 and 4.2.20.
 *
 * <p>
 * A socket that waits for nothing is taken out of epoll, and Netty forgets that: the next
 * time that it has something to wait for, it counts as broken. A tunnel of which one side
 * has ended would be reset when the other one, which was slow, goes on.
 *
 * <p>
 * What happened to a socket is looked up by its descriptor. When one is closed and
 * another one is opened before all that epoll told at once has been dealt with, the other
 * one has the same number and is told what happened to the first: a connection under way
 * would fail, and its instance count as unreachable.
 */
final class EpollTransport {

	private EpollTransport() {
	}

	/**
	 * Return what makes the handlers of event loops.
	 */
	static IoHandlerFactory ioHandlers() {
		IoHandlerFactory netty = EpollIoHandler.newFactory();
		return new IoHandlerFactory() {

			@Override
			public IoHandler newHandler(ThreadAwareExecutor executor) {
				return new Handler(netty.newHandler(executor));
			}

			@Override
			public boolean isChangingThreadSupported() {
				return netty.isChangingThreadSupported();
			}

		};
	}

	private static final class Handler implements IoHandler {

		private final IoHandler netty;

		private long runs;

		private Handler(IoHandler netty) {
			this.netty = netty;
		}

		@Override
		public void initialize() {
			this.netty.initialize();
		}

		@Override
		public int run(IoHandlerContext context) {
			this.runs++;
			return this.netty.run(context);
		}

		@Override
		public void prepareToDestroy() {
			this.netty.prepareToDestroy();
		}

		@Override
		public void destroy() {
			this.netty.destroy();
		}

		@Override
		public IoRegistration register(IoHandle handle) throws Exception {
			return new Registration(this, (EpollIoHandle) handle);
		}

		@Override
		public void wakeup() {
			this.netty.wakeup();
		}

		@Override
		public boolean isCompatible(Class<? extends IoHandle> handleType) {
			return this.netty.isCompatible(handleType);
		}

	}

	/**
	 * A socket and its place in epoll: registers it anew when it is waited for again, and
	 * keeps from it what epoll told before it was registered.
	 */
	@SuppressWarnings("try") // Netty declares how it is closed
	private static final class Registration implements IoRegistration, EpollIoHandle {

		private final Handler handler;

		private final EpollIoHandle socket;

		private IoRegistration current;

		private long registeredIn;

		private boolean takenOut;

		private Registration(Handler handler, EpollIoHandle socket) throws Exception {
			this.handler = handler;
			this.socket = socket;
			this.registeredIn = handler.runs;
			this.current = handler.netty.register(this);
		}

		@Override
		public FileDescriptor fd() {
			return this.socket.fd();
		}

		@Override
		public void handle(IoRegistration registration, IoEvent event) {
			if (this.registeredIn != this.handler.runs) {
				this.socket.handle(this, event);
			}
		}

		@Override
		public void registered() {
			this.socket.registered();
		}

		@Override
		public void unregistered() {
			this.socket.unregistered();
		}

		@Override
		public void close() throws Exception {
			this.socket.close();
		}

		@Override
		@SuppressWarnings("TypeParameterUnusedInFormals") // Netty declares it so
		public <T> T attachment() {
			return this.current.attachment();
		}

		@Override
		public long submit(IoOps ops) {
			if (ops.equals(EpollIoOps.NONE)) {
				this.takenOut = true;
			}
			else if (this.takenOut && this.current.isValid()) {
				this.takenOut = false;
				registerAnew();
			}
			return this.current.submit(ops);
		}

		private void registerAnew() {
			this.current.cancel();
			try {
				this.registeredIn = this.handler.runs;
				this.current = this.handler.netty.register(this);
			}
			catch (Exception ex) {
				throw new IllegalStateException("epoll: a socket cannot be registered again", ex);
			}
		}

		@Override
		public boolean isValid() {
			return this.current.isValid();
		}

		@Override
		public boolean cancel() {
			return this.current.cancel();
		}

	}

}
