package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.impl.tcp.Http1xOrH2CHandler;
import io.vertx.core.net.impl.VertxHandler;

/**
 * Stands before the HTTP/1.1 pipeline of a clear-text connection until its first bytes
 * tell which HTTP it speaks, and puts an HTTP/2 pipeline in the other's place.
 *
 * <p>
 * Vert.x has such a switch of its own, but with it, it completes the HTTP/1.1 pipeline
 * only with the first request, and accepts {@code Upgrade: h2c} there, by which requests
 * can be smuggled through proxies in front.
 */
final class Http2Detector extends Http1xOrH2CHandler {

	private final Supplier<ChannelHandler> http2;

	/**
	 * Prepares a switch.
	 * @param http2 gives the one handler of an HTTP/2 pipeline
	 */
	Http2Detector(Supplier<ChannelHandler> http2) {
		this.http2 = http2;
	}

	@Override
	protected void configure(ChannelHandlerContext context, boolean http2) {
		if (http2) {
			ChannelPipeline pipeline = context.pipeline();
			List<ChannelHandler> handlers = new ArrayList<>(pipeline.toMap().values());
			for (ChannelHandler handler : handlers) {
				if (handler != this && !(handler instanceof ClientWatch) && !(handler instanceof VertxHandler)) {
					pipeline.remove(handler);
				}
			}
			pipeline.replace(VertxHandler.class, Codecs.LAST_HANDLER, this.http2.get());
		}
	}

}
