package dev.holdfast.proxy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one endpoint that can take a request, and the requests
 * that wait for a connection to be made.
 */
final class EndpointConnections {

	private static final int MOST_IDLE = 1024;

	/** Connections with one request at a time, the one used last at the end. */
	private final Deque<BackendConnection> idle = new ArrayDeque<>();

	/** Connections with many requests at a time, the oldest first. */
	private final List<BackendConnection> shared = new ArrayList<>();

	/** {@code null} when the endpoint is an address. */
	private final @Nullable HostAddresses host;

	private int hostVersion;

	/** Of requests that only HTTP/2 will do for. */
	private final Dial http2 = new Dial();

	/** Of requests that take what the handshake comes to. */
	private final Dial negotiated = new Dial();

	/**
	 * Prepares to keep connections.
	 * @param host the addresses that they may lead to, {@code null} when the endpoint is
	 * one
	 */
	EndpointConnections(@Nullable HostAddresses host) {
		this.host = host;
		this.hostVersion = (host != null) ? host.version() : 0;
	}

	@Nullable BackendConnection takeIdle() {
		return this.idle.pollLast();
	}

	/**
	 * Takes a place on a shared connection. The oldest one is filled first, so that the
	 * surplus of a burst grows old and is closed.
	 */
	@Nullable BackendConnection takeShared() {
		for (int i = 0; i < this.shared.size(); i++) {
			BackendConnection connection = this.shared.get(i);
			if (connection.isFree()) {
				connection.acquire();
				return connection;
			}
		}
		return null;
	}

	/**
	 * Waits for a connection that others wait for as well.
	 * @param protocol what it must speak, HTTP/2 or what the handshake comes to
	 * @param connect makes one
	 */
	Future<BackendConnection> await(WireProtocol protocol, Supplier<Future<BackendConnection>> connect) {
		return ((protocol == WireProtocol.HTTP2) ? this.http2 : this.negotiated).await(connect);
	}

	private void serveWaiting() {
		this.http2.serveWaiting();
		this.negotiated.serveWaiting();
	}

	/**
	 * Keeps a connection whose request has ended.
	 */
	void add(BackendConnection connection, long idleUntil) {
		if (this.idle.size() >= MOST_IDLE) {
			connection.close();
			return;
		}
		connection.idleUntil(idleUntil);
		this.idle.addLast(connection);
	}

	/**
	 * Gives back a place on a shared connection.
	 */
	void release(BackendConnection connection, long idleUntil) {
		connection.idleUntil(idleUntil);
		serveWaiting();
	}

	/**
	 * Forgets a connection: it takes no more requests.
	 */
	void remove(BackendConnection connection) {
		if (connection.isShared()) {
			this.shared.remove(connection);
		}
		else {
			this.idle.remove(connection);
		}
	}

	/**
	 * Closes what has been idle for too long, and lets go of what is due.
	 */
	void sweep(long now) {
		followHost(now);
		BackendConnection oldest = this.idle.peekFirst();
		while (oldest != null && now - oldest.idleUntil() >= 0) {
			this.idle.pollFirst();
			oldest.close();
			oldest = this.idle.peekFirst();
		}
		Iterator<BackendConnection> connections = this.shared.iterator();
		while (connections.hasNext()) {
			BackendConnection connection = connections.next();
			if ((connection.isIdle() && now - connection.idleUntil() >= 0) || connection.isDue(now)) {
				connections.remove();
				connection.leave();
			}
		}
	}

	private void followHost(long now) {
		if (this.host == null || (this.idle.isEmpty() && this.shared.isEmpty())) {
			return;
		}
		this.host.keepFresh();
		int version = this.host.version();
		if (version != this.hostVersion) {
			this.hostVersion = version;
			List<BackendConnection> due = this.idle.stream().filter((connection) -> connection.isDue(now)).toList();
			this.idle.removeAll(due);
			due.forEach(BackendConnection::close);
		}
	}

	boolean isEmpty() {
		return this.idle.isEmpty() && this.shared.isEmpty() && this.http2.isIdle() && this.negotiated.isIdle();
	}

	/**
	 * A connection that is being made, and the requests that wait for it. Each may take a
	 * place on one that another has made.
	 */
	private final class Dial {

		private final Queue<Promise<BackendConnection>> waiting = new ArrayDeque<>();

		private boolean connecting;

		/** Whether the last handshake came to HTTP/1.1. */
		private boolean exclusive;

		private Future<BackendConnection> await(Supplier<Future<BackendConnection>> connect) {
			if (this.exclusive) {
				return connect.get().map(this::handOut);
			}
			Promise<BackendConnection> promise = Promise.promise();
			this.waiting.add(promise);
			if (!this.connecting) {
				connect(connect);
			}
			return promise.future();
		}

		private void connect(Supplier<Future<BackendConnection>> connect) {
			this.connecting = true;
			connect.get().onComplete((made, failure) -> {
				this.connecting = false;
				if (made == null) {
					failAll(failure);
				}
				else {
					learn(made);
					serve(made, connect);
				}
			});
		}

		private BackendConnection handOut(BackendConnection made) {
			learn(made);
			made.acquire();
			return made;
		}

		private void learn(BackendConnection made) {
			this.exclusive = !made.isShared();
			if (made.isShared()) {
				EndpointConnections.this.shared.add(made);
			}
		}

		private void failAll(@Nullable Throwable failure) {
			Throwable cause = (failure != null) ? failure : new IllegalStateException("connect: no connection");
			for (int i = this.waiting.size(); i > 0; i--) {
				this.waiting.remove().fail(cause);
			}
		}

		private void serve(BackendConnection made, Supplier<Future<BackendConnection>> connect) {
			if (!made.isShared()) {
				Promise<BackendConnection> first = this.waiting.poll();
				if (first != null) {
					made.acquire();
					first.complete(made);
				}
				while (!this.waiting.isEmpty()) {
					connect.get().map(this::handOut).onComplete(this.waiting.remove());
				}
				return;
			}
			if (!made.isFree()) {
				failAll(new IllegalStateException("connect: an instance that takes no streams"));
			}
			EndpointConnections.this.serveWaiting();
			if (!this.waiting.isEmpty() && !this.connecting) {
				connect(connect);
			}
		}

		private void serveWaiting() {
			BackendConnection free = this.waiting.isEmpty() ? null : takeShared();
			while (free != null) {
				this.waiting.remove().complete(free);
				free = this.waiting.isEmpty() ? null : takeShared();
			}
		}

		private boolean isIdle() {
			return this.waiting.isEmpty() && !this.connecting;
		}

	}

}
