package dev.holdfast.proxy.exchange;

import java.util.Objects;

import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * An end of a tunnel that swallows what it is sent.
 */
final class FakeTunnelEnd implements TunnelEnd {

	private @Nullable Listener listener;

	private boolean open = true;

	@Override
	public void begin(Listener listener) {
		this.listener = listener;
	}

	@Override
	public void pause() {
		// Nothing comes.
	}

	@Override
	public void resume() {
		// Nothing comes.
	}

	@Override
	public void write(ByteBuf data) {
		data.release();
	}

	@Override
	public boolean isWritable() {
		return true;
	}

	@Override
	public void endOutput() {
		// Nobody reads it.
	}

	@Override
	public void close() {
		closes();
	}

	@Override
	public void reset() {
		closes();
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	void breaks() {
		listener().onBroken();
		closes();
	}

	void closes() {
		if (this.open) {
			this.open = false;
			listener().onClosed();
		}
	}

	private Listener listener() {
		return Objects.requireNonNull(this.listener);
	}

}
