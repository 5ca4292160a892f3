package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.function.BiConsumer;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to instances for whoever wants to know whether a new one
 * can be made: each carries one request at most, and is closed behind it.
 */
public final class SingleUseConnections {

	private static final int MAX_RESPONSE_HEADER_SIZE = 64 * 1024;

	private final TrafficLoop loop;

	private final HostResolver hosts;

	private final BackendBundles bundles;

	private final ConnectionAge anyAge;

	/**
	 * Prepare to connect.
	 * @param loop the event loop
	 * @param hosts finds the addresses of names
	 * @param bundles what secures the connections
	 */
	public SingleUseConnections(TrafficLoop loop, HostResolver hosts, BackendBundles bundles) {
		this.loop = loop;
		this.hosts = hosts;
		this.bundles = bundles;
		this.anyAge = new ConnectionAge(Duration.ZERO, loop::nanoTime);
	}

	/**
	 * Make a connection for one request.
	 * @param endpoint the instance's host and port
	 * @param protocol which HTTP it is for
	 * @param security what secures it
	 * @param time how long it may take
	 * @param listener is told, never before this returns
	 * @return calls it off when run, if the listener has not been told
	 */
	public Runnable open(Endpoint endpoint, WireProtocol protocol, BackendSecurity security, Duration time,
			ConnectListener listener) {
		PendingAcquire pending = new PendingAcquire(listener);
		connect(endpoint, protocol, security, time, (made, failure) -> {
			if (made == null) {
				pending.fail(failure);
			}
			else {
				handOut(made, pending);
			}
		});
		return pending;
	}

	private static void handOut(BackendConnection made, PendingAcquire pending) {
		if (pending.isOff()) {
			made.leave();
			return;
		}
		BackendStream place = made.begin();
		made.leave();
		pending.serve(place);
	}

	/**
	 * Make a connection and close it.
	 * @param endpoint the instance's host and port
	 * @param protocol which HTTP the instance is to believe that it is for
	 * @param security what secures it
	 * @param time how long it may take
	 * @param done takes why there was none, {@code null} when there was one, with words
	 * for operators, which may be empty; never before this returns
	 * @return calls it off when run
	 */
	public Runnable touch(Endpoint endpoint, WireProtocol protocol, BackendSecurity security, Duration time,
			BiConsumer<@Nullable ConnectFailure, String> done) {
		PendingTouch pending = new PendingTouch(done);
		connect(endpoint, protocol, security, time, pending::end);
		return pending;
	}

	private void connect(Endpoint endpoint, WireProtocol protocol, BackendSecurity security, Duration time,
			BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		Destination destination = endpoint.scheme().isSecure()
				? new Destination.Secured(endpoint, this.bundles.of(security)) : new Destination.Plain(endpoint);
		new BackendConnector(this.loop, this.hosts, time.toNanos(), this.anyAge, MAX_RESPONSE_HEADER_SIZE)
			.connect(destination, protocol, new Leaving(), done);
	}

	/**
	 * Lets go of a connection when its request has ended.
	 */
	private static final class Leaving implements BackendConnection.Listener {

		@Override
		public void onIdle(Http1BackendConnection connection, int announcedSeconds) {
			connection.leave();
		}

		@Override
		public void onPlace(Http2BackendConnection connection) {
			connection.leave();
		}

		@Override
		public void onLeft(BackendConnection connection) {
			// It is kept nowhere.
		}

		@Override
		public void onClosed(BackendConnection connection) {
			// It is kept nowhere.
		}

	}

	/**
	 * Somebody who waits to hear whether a connection can be made. Calls himself off when
	 * run.
	 */
	private static final class PendingTouch implements Runnable {

		private @Nullable BiConsumer<@Nullable ConnectFailure, String> done;

		private PendingTouch(BiConsumer<@Nullable ConnectFailure, String> done) {
			this.done = done;
		}

		@Override
		public void run() {
			this.done = null;
		}

		private void end(@Nullable BackendConnection made, @Nullable Throwable failure) {
			if (made != null) {
				made.leave();
			}
			BiConsumer<@Nullable ConnectFailure, String> told = this.done;
			this.done = null;
			if (told != null) {
				told.accept((made != null) ? null : ConnectFailures.reason(failure),
						(made != null) ? "" : ConnectFailures.explain(failure));
			}
		}

	}

}
