package dev.holdfast.proxy.server;

import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.ExchangeListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;

/**
 * The TLS handshakes of clients that are under way: no connections yet, but each as large
 * as one. Stands where connections are accepted, closes those that are too many, and lets
 * the rest pass.
 */
@Sharable
final class Handshakes extends ChannelInboundHandlerAdapter {

	private static final AttributeKey<Handshake> HANDSHAKE = AttributeKey.valueOf(Handshakes.class, "handshake");

	private final int most;

	private final ExchangeListener listener;

	private final AtomicInteger underWay = new AtomicInteger();

	/**
	 * Starts with none.
	 * @param most how many may be under way
	 * @param listener hears of those that are closed
	 */
	Handshakes(int most, ExchangeListener listener) {
		this.most = most;
		this.listener = listener;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		Channel accepted = (Channel) message;
		// Counted up by the thread that accepts alone.
		if (this.underWay.get() >= this.most) {
			this.listener.onRejected(ClientRefusal.TOO_MANY_HANDSHAKES.reason());
			accepted.unsafe().closeForcibly();
			return;
		}
		this.underWay.incrementAndGet();
		Handshake handshake = new Handshake();
		accepted.attr(HANDSHAKE).set(handshake);
		accepted.closeFuture().addListener((closed) -> handshake.end());
		context.fireChannelRead(accepted);
	}

	/**
	 * A client's handshake has ended, and its connection begins.
	 */
	static void end(Channel connection) {
		Handshake handshake = connection.attr(HANDSHAKE).get();
		if (handshake != null) {
			handshake.end();
		}
	}

	/**
	 * One handshake, which ends once, on its connection's event loop.
	 */
	private final class Handshake {

		private boolean ended;

		private void end() {
			if (!this.ended) {
				this.ended = true;
				Handshakes.this.underWay.decrementAndGet();
			}
		}

	}

}
