package dev.holdfast.proxy.tunnel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.WaitingBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection of its own that has left HTTP, plain or secured.
 */
// What goes wrong with a write is heard of by its listener.
@SuppressWarnings("FutureReturnValueIgnored")
public final class ChannelTunnelEnd implements TunnelEnd {

	private final TrafficLoop loop;

	private final Channel channel;

	private final ChannelFutureListener written = this::onWritten;

	/** What has come and could not be handed on yet. */
	private final Queue<ByteBuf> kept = new ArrayDeque<>();

	private @Nullable Listener listener;

	private boolean paused = true;

	/** Whether the peer is known to send nothing more. */
	private boolean endSeen;

	/** Whether the listener knows, or need not know any more. */
	private boolean inputEnded;

	private boolean outputEnded;

	/** Whether all of the output has been taken by the socket, and its end is due. */
	private boolean outputSent;

	private boolean broken;

	/** Whether the connection is ended here, so that nothing can break it any more. */
	private boolean closing;

	private boolean closed;

	private boolean unflushed;

	/**
	 * Take a connection over from HTTP, which must have written everything. All handlers
	 * but TLS leave its pipeline. Bytes that they kept undecoded and pass on when they
	 * are removed are received here.
	 * @param loop the event loop
	 * @param channel the connection
	 * @param alreadyRead what was read of what the peer sent behind HTTP, released here;
	 * may be empty
	 */
	public ChannelTunnelEnd(TrafficLoop loop, Channel channel, ByteBuf alreadyRead) {
		this.loop = loop;
		this.channel = channel;
		keep(alreadyRead);
		channel.config().setAutoRead(false);
		channel.config().setAutoClose(true);
		channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
		takeOver(channel.pipeline());
	}

	private void takeOver(ChannelPipeline pipeline) {
		List<ChannelHandler> others = new ArrayList<>(pipeline.toMap().values());
		// Before the others go, so that what they pass on meanwhile comes here.
		pipeline.addLast(new Handler());
		for (ChannelHandler other : others.reversed()) {
			if (!(other instanceof SslHandler)) {
				pipeline.remove(other);
			}
		}
	}

	@Override
	public void begin(Listener listener) {
		this.listener = listener;
		this.endSeen |= isInputAtEnd();
		this.paused = false;
		this.loop.defer(() -> start(listener));
	}

	/**
	 * Whether the peer had ended its direction before this was put in.
	 */
	private boolean isInputAtEnd() {
		SslHandler tls = this.channel.pipeline().get(SslHandler.class);
		return (this.channel instanceof DuplexChannel duplex && duplex.isInputShutdown())
				|| (tls != null && tls.engine().isInboundDone());
	}

	private void start(Listener listener) {
		if (this.broken && !this.closing) {
			listener.onBroken();
		}
		if (this.channel.isActive()) {
			handOn();
		}
		else {
			onClosed();
		}
	}

	@Override
	public void pause() {
		if (!this.paused) {
			this.paused = true;
			this.channel.config().setAutoRead(false);
		}
	}

	@Override
	public void resume() {
		if (!this.paused) {
			return;
		}
		this.paused = false;
		if (this.kept.isEmpty()) {
			readOn();
		}
		else {
			this.loop.defer(this::handOn);
		}
	}

	private void handOn() {
		Listener listener = this.listener;
		if (listener == null) {
			return;
		}
		while (!this.paused && !this.kept.isEmpty()) {
			listener.onData(this.kept.remove());
		}
		if (!this.kept.isEmpty()) {
			return;
		}
		if (this.endSeen && !this.inputEnded) {
			this.inputEnded = true;
			listener.onInputEnd();
			closeWhenBothEnded();
		}
		readOn();
	}

	private void readOn() {
		// A side that has closed is still resumed when the other one has taken its last
		// bytes.
		if (!this.paused && this.channel.isActive()) {
			this.channel.config().setAutoRead(true);
		}
	}

	private void onRead(ByteBuf bytes) {
		if (this.inputEnded) {
			bytes.release();
		}
		else if (this.listener == null || this.paused || !this.kept.isEmpty()) {
			keep(bytes);
		}
		else {
			this.listener.onData(bytes);
		}
	}

	private void keep(ByteBuf bytes) {
		if (bytes.isReadable()) {
			this.kept.add(bytes);
		}
		else {
			bytes.release();
		}
	}

	private void onInputEnd() {
		this.endSeen = true;
		if (this.kept.isEmpty()) {
			handOn();
		}
	}

	@Override
	public void write(ByteBuf data) {
		if (this.outputEnded) {
			data.release();
			return;
		}
		this.channel.write(WaitingBytes.fit(this.channel, data)).addListener(this.written);
		flushLater();
	}

	private void onWritten(ChannelFuture write) {
		if (!write.isSuccess()) {
			onBroken();
		}
		else if (this.listener != null && !this.closed) {
			this.listener.onTaken();
		}
	}

	private void flushLater() {
		if (!this.unflushed) {
			this.unflushed = true;
			this.loop.flushLater(this.channel);
		}
	}

	@Override
	public boolean isWritable() {
		// What is dropped fills nothing.
		return this.outputEnded || this.channel.isWritable();
	}

	@Override
	public void endOutput() {
		if (!this.outputEnded) {
			this.outputEnded = true;
			this.channel.write(Unpooled.EMPTY_BUFFER).addListener((sent) -> onOutputSent());
			flushLater();
		}
	}

	private void onOutputSent() {
		this.outputSent = true;
		if (this.inputEnded || !this.channel.isActive()) {
			closeWhenBothEnded();
		}
		else {
			Sockets.endOutput(this.channel);
		}
	}

	private void closeWhenBothEnded() {
		if (this.inputEnded && this.outputSent && !this.closing) {
			this.closing = true;
			this.channel.close();
		}
	}

	@Override
	public void close() {
		this.inputEnded = true;
		releaseKept();
		endOutput();
		closeWhenBothEnded();
	}

	@Override
	public void reset() {
		this.closing = true;
		this.inputEnded = true;
		this.outputEnded = true;
		releaseKept();
		Sockets.reset(this.channel);
	}

	private void releaseKept() {
		for (ByteBuf bytes = this.kept.poll(); bytes != null; bytes = this.kept.poll()) {
			bytes.release();
		}
	}

	private void onBroken() {
		if (!this.broken && !this.closing && !this.closed) {
			this.broken = true;
			if (this.listener != null) {
				this.listener.onBroken();
			}
		}
	}

	private void onClosed() {
		this.inputEnded = true;
		this.outputEnded = true;
		releaseKept();
		if (!this.closed && this.listener != null) {
			this.closed = true;
			this.listener.onClosed();
		}
	}

	@Override
	public boolean isOpen() {
		return this.channel.isActive();
	}

	/**
	 * What is left in the connection's pipeline, behind TLS.
	 */
	private final class Handler extends ChannelDuplexHandler {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof ByteBuf bytes) {
				onRead(bytes);
			}
			else {
				ReferenceCountUtil.release(message);
			}
		}

		@Override
		public void flush(ChannelHandlerContext context) {
			ChannelTunnelEnd.this.unflushed = false;
			context.flush();
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			Listener listener = ChannelTunnelEnd.this.listener;
			if (listener != null && context.channel().isWritable()) {
				listener.onWritable();
			}
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			switch (event) {
				case ChannelInputShutdownEvent end -> onInputEnd();
				case SslCloseCompletionEvent end -> onInputEnd();
				default -> context.fireUserEventTriggered(event);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			onBroken();
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			onClosed();
			context.fireChannelInactive();
		}

	}

}
