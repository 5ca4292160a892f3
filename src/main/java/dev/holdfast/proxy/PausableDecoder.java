package dev.holdfast.proxy;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that can be told to hand on nothing more, and then keeps no more than one
 * read of the connection. Vert.x's own pause bounds messages instead, two dozen of up to
 * 64 KiB each.
 */
abstract class PausableDecoder extends ByteToMessageDecoder implements BodySource {

	private @Nullable ChannelHandlerContext context;

	private boolean paused;

	private boolean ended;

	/** Whether something came in the meantime, so that the connection is not read. */
	private boolean stopped;

	@Override
	public final void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	/**
	 * Hands on nothing more, not even what has been read already, unless the connection
	 * has ended.
	 */
	@Override
	public final void pause() {
		this.paused = !this.ended;
	}

	/**
	 * Goes on, soon: not before the caller has done what it is about to do.
	 */
	@Override
	public final void resume() {
		this.paused = false;
		ChannelHandlerContext stoppedAt = this.context;
		if (this.stopped && stoppedAt != null) {
			stoppedAt.executor().execute(() -> goOn(stoppedAt));
		}
	}

	private void goOn(ChannelHandlerContext context) {
		if (this.paused || !this.stopped || context.isRemoved()) {
			return;
		}
		// First, since what is handed on may be enough for Vert.x to stop again.
		context.channel().config().setAutoRead(true);
		try {
			handOnRest(context);
		}
		catch (Exception ex) {
			context.fireExceptionCaught(ex);
		}
	}

	private void handOnRest(ChannelHandlerContext context) throws Exception {
		this.stopped = false;
		channelRead(context, Unpooled.EMPTY_BUFFER);
		channelReadComplete(context);
	}

	@Override
	public final void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		super.channelRead(context, message);
		if (this.paused) {
			this.stopped = true;
			context.channel().config().setAutoRead(false);
		}
	}

	@Override
	public final void channelReadComplete(ChannelHandlerContext context) throws Exception {
		if (this.paused) {
			// Netty would ask for more, since nothing has been handed on.
			context.fireChannelReadComplete();
		}
		else {
			super.channelReadComplete(context);
		}
	}

	@Override
	public final void channelInactive(ChannelHandlerContext context) throws Exception {
		this.ended = true;
		this.paused = false;
		if (this.stopped) {
			handOnRest(context);
		}
		super.channelInactive(context);
	}

	@Override
	protected final void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		if (!this.paused) {
			decodeNext(context, in, out);
		}
	}

	/**
	 * Decodes one message at most.
	 */
	abstract void decodeNext(ChannelHandlerContext context, ByteBuf in, List<Object> out);

}
