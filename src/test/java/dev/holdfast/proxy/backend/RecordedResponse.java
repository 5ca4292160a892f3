package dev.holdfast.proxy.backend;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what comes of asking for a connection and of a request.
 */
final class RecordedResponse implements ConnectListener, ResponseListener {

	final List<String> events = new CopyOnWriteArrayList<>();

	volatile @Nullable BackendStream stream;

	private Runnable onConnected = () -> {
	};

	private Runnable onConnectFailed = () -> {
	};

	private Runnable onHead = () -> {
	};

	private Runnable onBody = () -> {
	};

	private Runnable onEnd = () -> {
	};

	RecordedResponse onConnected(Runnable task) {
		this.onConnected = task;
		return this;
	}

	RecordedResponse onConnectFailed(Runnable task) {
		this.onConnectFailed = task;
		return this;
	}

	RecordedResponse onHead(Runnable task) {
		this.onHead = task;
		return this;
	}

	RecordedResponse onBody(Runnable task) {
		this.onBody = task;
		return this;
	}

	RecordedResponse onEnd(Runnable task) {
		this.onEnd = task;
		return this;
	}

	BackendStream stream() {
		BackendStream connected = this.stream;
		if (connected == null) {
			throw new AssertionError("no connection: " + this.events);
		}
		return connected;
	}

	/**
	 * All that has come so far, and forgets it.
	 */
	List<String> take() {
		List<String> taken = new ArrayList<>(this.events);
		this.events.removeAll(taken);
		return taken;
	}

	@Override
	public void onConnected(BackendStream connected) {
		this.stream = connected;
		this.events.add(connected.isReused() ? "reused" : "connected");
		this.onConnected.run();
	}

	@Override
	public void onConnectFailed(ConnectFailure reason, String explanation) {
		this.events.add(reason + ": " + explanation);
		this.onConnectFailed.run();
	}

	@Override
	public void onInterim(ResponseHead head) {
		this.events.add("interim " + head.status());
	}

	@Override
	public void onHead(ResponseHead head) {
		this.events.add("head " + head.status());
		this.onHead.run();
	}

	@Override
	public void onBody(ByteBuf data) {
		this.events.add("body " + data.toString(StandardCharsets.ISO_8859_1));
		data.release();
		this.onBody.run();
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		this.events.add(("end " + trailers.toString().strip()).strip());
		this.onEnd.run();
	}

	@Override
	public void onFailed(BackendFailure failure) {
		this.events.add(failure.toString());
	}

	@Override
	public void onWritable() {
		this.events.add("writable");
	}

}
