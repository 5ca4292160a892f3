package dev.holdfast.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Stands before Vert.x on an HTTP/1.1 connection, because Vert.x drops what it holds of a
 * paused body when the connection ends: the other side's end is kept from it while it
 * holds some, and what it holds is no pooled memory. The copy costs nothing, Vert.x would
 * make it.
 */
final class ReceivedBodies extends ChannelInboundHandlerAdapter {

	private boolean held;

	private @Nullable ChannelHandlerContext ended;

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		context.fireChannelRead(
				(message instanceof HttpContent content && content.content().isReadable()) ? copy(content) : message);
	}

	private static HttpContent copy(HttpContent content) {
		ByteBuf pooled = content.content();
		byte[] bytes = new byte[pooled.readableBytes()];
		pooled.readBytes(bytes);
		pooled.release();
		return content.replace(Unpooled.wrappedBuffer(bytes));
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (this.held) {
			this.ended = context;
		}
		else {
			context.fireChannelInactive();
		}
	}

	/**
	 * Keeps the end of the connection back: the body that is being received is paused.
	 */
	void hold() {
		this.held = true;
	}

	/**
	 * Tells of the end, if it has come.
	 */
	void letGo() {
		this.held = false;
		if (this.ended != null) {
			ChannelHandlerContext context = this.ended;
			this.ended = null;
			context.fireChannelInactive();
		}
	}

}
