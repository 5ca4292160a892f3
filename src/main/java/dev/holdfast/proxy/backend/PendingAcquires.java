package dev.holdfast.proxy.backend;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for one connection that is being made. Each may take a place on
 * one that another has made.
 */
final class PendingAcquires {

	private final ConnectionPool pool;

	private final WireProtocol protocol;

	private final Deque<PendingAcquire> pending = new ArrayDeque<>();

	private boolean connecting;

	/** Whether the last handshake came to HTTP/1.1. */
	private boolean exclusive;

	/**
	 * Prepare to wait.
	 * @param pool makes and keeps the connections
	 * @param protocol what they are for
	 */
	PendingAcquires(ConnectionPool pool, WireProtocol protocol) {
		this.pool = pool;
		this.protocol = protocol;
	}

	/**
	 * Wait, and have a connection made if none is.
	 */
	void await(PendingAcquire pending) {
		if (this.exclusive) {
			this.pool.connectFor(pending, this.protocol);
			return;
		}
		this.pending.add(pending);
		if (!this.connecting) {
			connect();
		}
	}

	private void connect() {
		this.connecting = true;
		this.pool.connect(this.protocol, (made, failure) -> {
			this.connecting = false;
			switch (made) {
				case null -> failAll(failure);
				case Http1BackendConnection exclusive -> serve(exclusive);
				case Http2BackendConnection common -> serve(common);
			}
		});
	}

	/**
	 * The last handshake came to HTTP/2.
	 */
	void expectShared() {
		this.exclusive = false;
	}

	private void failAll(@Nullable Throwable failure) {
		// What one of them does may find others a place, and may ask again.
		for (PendingAcquire pending : List.copyOf(this.pending)) {
			if (this.pending.remove(pending)) {
				pending.fail(failure);
			}
		}
	}

	private void serve(Http1BackendConnection made) {
		this.exclusive = true;
		PendingAcquire first = next();
		if (first != null) {
			first.serve(made.begin());
		}
		else {
			this.pool.keep(made);
		}
		for (PendingAcquire pending = next(); pending != null; pending = next()) {
			this.pool.connectFor(pending, this.protocol);
		}
	}

	private void serve(Http2BackendConnection made) {
		this.exclusive = false;
		this.pool.share(made);
		if (!made.isFree()) {
			failAll(ConnectionPool.takesNoStreams());
		}
		this.pool.servePending();
		if (next(false) != null && !this.connecting) {
			connect();
		}
	}

	/**
	 * Let those who wait take what places there are.
	 */
	void serve() {
		Http2BackendConnection free = (next(false) != null) ? this.pool.findShared() : null;
		while (free != null) {
			PendingAcquire pending = next();
			if (pending == null) {
				return;
			}
			pending.serve(free.begin());
			free = (next(false) != null) ? this.pool.findShared() : null;
		}
	}

	private @Nullable PendingAcquire next() {
		return next(true);
	}

	/**
	 * Find the first who still waits.
	 */
	private @Nullable PendingAcquire next(boolean taken) {
		PendingAcquire first = this.pending.peek();
		while (first != null && first.isOff()) {
			this.pending.remove();
			first = this.pending.peek();
		}
		return taken ? this.pending.poll() : first;
	}

}
