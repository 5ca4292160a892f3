package dev.holdfast.proxy;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.Handler;

/**
 * Hears of what is wrong with a client's connection, which Vert.x would log otherwise:
 * whoever can reach the port could fill the log. What the client did wrong is counted
 * once.
 */
final class ClientFailure implements Handler<Throwable> {

	private final ExchangeListener listener;

	private boolean told;

	ClientFailure(ExchangeListener listener) {
		this.listener = listener;
	}

	@Override
	public void handle(Throwable failure) {
		Http2Exception violation = Http2CodecUtil.getEmbeddedHttp2Exception(failure);
		if (violation != null && !this.told) {
			this.told = true;
			boolean flood = violation.error() == Http2Error.ENHANCE_YOUR_CALM;
			this.listener.onRejected((flood ? ClientRefusal.HTTP2_FLOOD : ClientRefusal.HTTP2_PROTOCOL).reason());
		}
	}

}
