package dev.holdfast.proxy;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link Tunnel}: sends what it receives on the other one, no faster
 * than that takes it. Vert.x's own handler stays behind it and hears of nothing but the
 * connection's end.
 */
// What goes wrong with a write arrives as an exception of the connection.
@SuppressWarnings("FutureReturnValueIgnored")
final class TunnelEnd extends ChannelInboundHandlerAdapter {

	private static final String NAME = "tunnel";

	private static final String IDLE = "tunnelIdle";

	private final Tunnel tunnel;

	private final Channel channel;

	private @Nullable TunnelEnd other;

	private @Nullable ChannelHandlerContext context;

	private boolean inputEnded;

	private boolean outputEnded;

	TunnelEnd(Tunnel tunnel, Channel channel) {
		this.tunnel = tunnel;
		this.channel = channel;
	}

	/**
	 * Takes the connection over from HTTP, which must have written everything.
	 * @param other where to send what is received
	 */
	void join(TunnelEnd other) {
		this.other = other;
		this.channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
		this.channel.pipeline().addBefore(Codecs.LAST_HANDLER, NAME, this);
		Codecs.remove(this.channel.pipeline());
		this.channel.config().setAutoRead(true);
	}

	/**
	 * Limits the time without a byte in either direction. Counts anew from now on.
	 */
	void limitIdleTime(long millis) {
		ChannelPipeline pipeline = this.channel.pipeline();
		if (pipeline.get(IDLE) != null) {
			pipeline.remove(IDLE);
		}
		pipeline.addBefore(NAME, IDLE, new IdleStateHandler(0, 0, millis, TimeUnit.MILLISECONDS));
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes) {
			other().write(bytes);
		}
		else {
			// The end of the last HTTP message.
			ReferenceCountUtil.release(message);
		}
	}

	/**
	 * Sends bytes with the next flush.
	 */
	void write(ByteBuf bytes) {
		if (this.outputEnded) {
			bytes.release();
			return;
		}
		context().write(bytes, this.channel.voidPromise());
		if (!this.channel.isWritable()) {
			other().channel.config().setAutoRead(false);
		}
	}

	void flush() {
		context().flush();
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		other().flush();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (this.channel.isWritable()) {
			other().channel.config().setAutoRead(true);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		switch (event) {
			case ChannelInputShutdownEvent end -> onInputEnd();
			case SslCloseCompletionEvent end -> onInputEnd();
			case IdleStateEvent idle -> this.tunnel.onIdle();
			default -> context.fireUserEventTriggered(event);
		}
	}

	private void onInputEnd() {
		if (!this.inputEnded) {
			this.inputEnded = true;
			other().endOutput();
			closeWhenBothEnded();
		}
	}

	/**
	 * Tells the peer that nothing more comes, once it has been sent everything.
	 */
	void endOutput() {
		if (!this.outputEnded) {
			this.outputEnded = true;
			this.tunnel.onHalfClosed();
			context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((sent) -> shutdownOutput());
		}
	}

	private void shutdownOutput() {
		if (this.inputEnded || !this.channel.isActive()) {
			closeWhenBothEnded();
			return;
		}
		SslHandler tls = this.channel.pipeline().get(SslHandler.class);
		if (tls != null) {
			tls.closeOutbound();
		}
		else {
			((DuplexChannel) this.channel).shutdownOutput();
		}
	}

	private void closeWhenBothEnded() {
		if (this.inputEnded && this.outputEnded) {
			context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((sent) -> context().close());
		}
	}

	/**
	 * Ends the connection once its peer has been sent everything.
	 */
	void close() {
		this.inputEnded = true;
		endOutput();
		closeWhenBothEnded();
	}

	/**
	 * Ends the connection at once, so that the peer learns that the order was broken.
	 */
	void reset() {
		this.outputEnded = true;
		Connections.reset(this.channel);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
		this.tunnel.onBroken(this);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.inputEnded = true;
		this.outputEnded = true;
		this.tunnel.onClosed(this);
		context.fireChannelInactive();
	}

	boolean isOpen() {
		return this.channel.isActive();
	}

	private TunnelEnd other() {
		return Objects.requireNonNull(this.other);
	}

	private ChannelHandlerContext context() {
		return Objects.requireNonNull(this.context);
	}

}
