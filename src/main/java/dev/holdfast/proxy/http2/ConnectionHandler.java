package dev.holdfast.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Brings an HTTP/2 connection what happens to its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that is closed tells of it
final class ConnectionHandler extends ChannelDuplexHandler {

	private final Events events;

	ConnectionHandler(Events events) {
		this.events = events;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.events.onAdded(context);
		if (context.channel().isActive()) {
			this.events.onActive();
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.events.onInactive();
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		this.events.onActive();
		context.fireChannelActive();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.events.onInactive();
		context.fireChannelInactive();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf in) {
			try {
				this.events.onRead(in);
			}
			finally {
				in.release();
			}
		}
		else {
			ReferenceCountUtil.release(message);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (context.channel().isWritable()) {
			this.events.onWritable();
		}
		context.fireChannelWritabilityChanged();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			// There is no half of a connection in HTTP/2.
			context.close();
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.events.onBroken(cause);
		context.close();
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		this.events.onTurnEnd();
	}

	/**
	 * Hears of a channel.
	 */
	interface Events {

		void onAdded(ChannelHandlerContext context);

		void onActive();

		/**
		 * Bytes have come.
		 * @param in the bytes, which stay the caller's
		 */
		void onRead(ByteBuf in);

		void onWritable();

		/**
		 * Something went wrong, and the channel is being closed.
		 */
		void onBroken(Throwable cause);

		void onInactive();

		/**
		 * All that one turn of the event loop wrote is to be flushed.
		 */
		void onTurnEnd();

	}

}
