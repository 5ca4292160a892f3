package dev.holdfast.proxy;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Vert.x's transport by epoll, with sockets that can be waited for again.
 *
 * <p>
 * A socket that waits for nothing, since its peer has ended its side while it is not read
 * or when nothing is to be written, is taken out of epoll, and Netty 4.2.18 and 4.2.20
 * forget that: the next time that it has something to wait for it counts as broken. A
 * client that reads slowly would lose the end of an answer whose instance has closed the
 * connection, and one that has sent everything through a tunnel what it is answered.
 */
final class EpollTransport extends io.vertx.core.impl.transports.EpollTransport {

	@Override
	public IoHandlerFactory ioHandlerFactory() {
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

		private Handler(IoHandler netty) {
			this.netty = netty;
		}

		@Override
		public void initialize() {
			this.netty.initialize();
		}

		@Override
		public int run(IoHandlerContext context) {
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
			return new Registration(this.netty, handle);
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
	 * Registers a socket anew when it is waited for again.
	 */
	private static final class Registration implements IoRegistration {

		private final IoHandler netty;

		private final IoHandle handle;

		private IoRegistration current;

		private boolean takenOut;

		private Registration(IoHandler netty, IoHandle handle) throws Exception {
			this.netty = netty;
			this.handle = handle;
			this.current = netty.register(handle);
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
				this.current = this.netty.register(this.handle);
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
