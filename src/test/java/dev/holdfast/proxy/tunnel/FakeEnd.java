package dev.holdfast.proxy.tunnel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * An end that writes down what a tunnel tells it to do, and tells what it is told.
 */
final class FakeEnd implements TunnelEnd {

	/** What it was told, in the order in which it was. */
	final List<String> told = new ArrayList<>();

	boolean writable = true;

	boolean open = true;

	private @Nullable Listener listener;

	@Override
	public void begin(Listener listener) {
		this.listener = listener;
	}

	@Override
	public void pause() {
		this.told.add("pause");
	}

	@Override
	public void resume() {
		this.told.add("resume");
	}

	@Override
	public void write(ByteBuf data) {
		this.told.add("write " + data.toString(StandardCharsets.ISO_8859_1));
		data.release();
	}

	@Override
	public boolean isWritable() {
		return this.writable;
	}

	@Override
	public void endOutput() {
		this.told.add("end output");
	}

	@Override
	public void close() {
		this.told.add("close");
	}

	/**
	 * Closes before this returns, as a stream of HTTP/2 may.
	 */
	@Override
	public void reset() {
		this.told.add("reset");
		closes();
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	void receives(String data) {
		listener().onData(Unpooled.copiedBuffer(data, StandardCharsets.ISO_8859_1));
	}

	void closes() {
		if (this.open) {
			this.open = false;
			listener().onClosed();
		}
	}

	Listener listener() {
		return Objects.requireNonNull(this.listener);
	}

}
