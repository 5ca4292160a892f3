package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Hears nothing: for a stream that nobody listens to yet.
 */
final class SilentListener implements Http2Stream.Listener {

	static final SilentListener INSTANCE = new SilentListener();

	private SilentListener() {
	}

	@Override
	public void onHead(ResponseHead head) {
	}

	@Override
	public void onData(ByteBuf data) {
		data.release();
	}

	@Override
	public void onEnd(HeaderFields trailers) {
	}

	@Override
	public void onReset(long code, boolean byPeer) {
	}

	@Override
	public void onRefused() {
	}

	@Override
	public void onConnectionLost(@Nullable Throwable cause) {
	}

	@Override
	public void onWritable() {
	}

}
