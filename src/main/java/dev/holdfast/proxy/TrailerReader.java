package dev.holdfast.proxy;

import java.util.List;
import java.util.Map;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Keeps the trailers of the last request on a client's HTTP/1.1 connection, which Vert.x
 * drops. A request that was sent before the one ahead of it was answered has none: it is
 * handed over too late to tell whose they are, and trailers may be dropped.
 */
final class TrailerReader extends ChannelInboundHandlerAdapter {

	/** The number of a request that has no trailers. */
	static final int NONE = -1;

	private int requests;

	private boolean handing;

	private int owner = NONE;

	private List<Map.Entry<String, String>> trailers = List.of();

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpRequest) {
			this.requests++;
			this.handing = true;
			context.fireChannelRead(message);
			this.handing = false;
			return;
		}
		if (message instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
			this.owner = this.requests;
			this.trailers = last.trailingHeaders().entries();
		}
		context.fireChannelRead(message);
	}

	/**
	 * The number of the request that is being handed over.
	 */
	int current() {
		return this.handing ? this.requests : NONE;
	}

	/**
	 * The trailers of a request that has arrived whole, empty when there are none.
	 */
	List<Map.Entry<String, String>> trailers(int request) {
		return (request != NONE && request == this.owner) ? this.trailers : List.of();
	}

}
