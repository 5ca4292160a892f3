package dev.holdfast.proxy;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what a client sends behind a request that offers another protocol, until the
 * backend has said which protocol that is. Such bytes must not be read as HTTP: were they
 * meant for the other protocol, somebody else may have chosen them.
 */
final class UpgradeHold extends ChannelInboundHandlerAdapter {

	private static final String NAME = "upgradeHold";

	/** More than that is not read, bytes. */
	private static final int MOST_HELD = 64 * 1024;

	private final Channel channel;

	private final Queue<ByteBuf> held = new ArrayDeque<>();

	private int size;

	private boolean holding;

	private boolean discarding;

	private UpgradeHold(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Begins to hold back with the end of the request that is being read.
	 * @param channel the client's connection
	 */
	static UpgradeHold begin(Channel channel) {
		UpgradeHold hold = new UpgradeHold(channel);
		channel.pipeline().addBefore(Codecs.LAST_HANDLER, NAME, hold);
		return hold;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes) {
			hold(bytes);
			return;
		}
		context.fireChannelRead(message);
		if (message instanceof LastHttpContent) {
			this.holding = true;
			Codecs.removeDecoder(context.pipeline());
		}
	}

	private void hold(ByteBuf bytes) {
		if (this.discarding) {
			bytes.release();
			return;
		}
		this.size += bytes.readableBytes();
		this.held.add(bytes);
		if (this.size > MOST_HELD) {
			this.channel.config().setAutoRead(false);
		}
	}

	/**
	 * Whether the request's end has been seen, so that what follows is held back. It has
	 * not when the request waited for the one before it to be answered: then the decoder
	 * is further already.
	 */
	boolean isHolding() {
		return this.holding;
	}

	/**
	 * Whether the client sent more than its request.
	 */
	boolean isEmpty() {
		return this.held.isEmpty();
	}

	/**
	 * Gives the oldest bytes that are held back.
	 * @return the bytes, for the caller to release; {@code null} when there are no more
	 */
	@Nullable ByteBuf poll() {
		return this.held.poll();
	}

	/**
	 * Goes on with HTTP.
	 * @param decoder reads what the client sends from now on
	 */
	void resume(ChannelHandler decoder) {
		if (this.holding) {
			Codecs.restoreDecoder(this.channel.pipeline(), decoder);
		}
		remove();
	}

	/**
	 * Forgets what is held back, and what still comes: nobody can tell what it is.
	 */
	void discard() {
		this.discarding = true;
		release();
		this.channel.config().setAutoRead(true);
	}

	/**
	 * Leaves the connection.
	 */
	void remove() {
		this.channel.pipeline().remove(this);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		release();
	}

	private void release() {
		for (ByteBuf bytes = this.held.poll(); bytes != null; bytes = this.held.poll()) {
			bytes.release();
		}
	}

}
