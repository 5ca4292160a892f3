package dev.holdfast.proxy.tunnel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;

/**
 * Writes down what one end tells. What it is told besides can be overridden.
 */
class RecordingListener implements TunnelEnd.Listener {

	/** What it was told, in the order in which it was. */
	final List<String> told = new ArrayList<>();

	@Override
	public void onData(ByteBuf data) {
		this.told.add("data " + data.toString(StandardCharsets.ISO_8859_1));
		data.release();
	}

	@Override
	public void onInputEnd() {
		this.told.add("input end");
	}

	@Override
	public void onTaken() {
		this.told.add("taken");
	}

	@Override
	public void onWritable() {
		this.told.add("writable");
	}

	@Override
	public void onBroken() {
		this.told.add("broken");
	}

	@Override
	public void onClosed() {
		this.told.add("closed");
	}

}
