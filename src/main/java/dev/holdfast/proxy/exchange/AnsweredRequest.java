package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.client.RequestListener;
import dev.holdfast.proxy.header.HeaderFields;
import io.netty.buffer.ByteBuf;

/**
 * A request that is answered before it is routed, and whose body nobody wants.
 *
 * @param client where the response goes
 */
record AnsweredRequest(ClientStream client) implements RequestListener {

	@Override
	public void onBody(ByteBuf data) {
		data.release();
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		// The response is not about it.
	}

	@Override
	public void onMalformed(Rejection rejection) {
		this.client.hangUp();
	}

	@Override
	public void onGone() {
		// The response has been given already.
	}

	@Override
	public void onWritable() {
		// Nothing more is to be written.
	}

}
