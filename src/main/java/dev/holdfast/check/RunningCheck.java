package dev.holdfast.check;

import java.util.function.Consumer;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.backend.SingleUseConnections;
import dev.holdfast.proxy.transport.TrafficLoop;
import org.jspecify.annotations.Nullable;

/**
 * One check of one instance, on a connection of its own: what an instance still answers
 * on connections that it has says nothing of whether it takes new ones. Touched by the
 * checks' event loop alone.
 */
abstract class RunningCheck {

	private final TrafficLoop loop;

	private final CheckTarget target;

	private final Consumer<String> done;

	private TrafficLoop.@Nullable Timer late;

	private @Nullable Runnable callOff;

	private boolean connected;

	private boolean ended;

	/**
	 * Prepare to check.
	 * @param loop the event loop
	 * @param target what is checked
	 * @param done takes what is wrong with the instance, or an empty text
	 */
	RunningCheck(TrafficLoop loop, CheckTarget target, Consumer<String> done) {
		this.loop = loop;
		this.target = target;
		this.done = done;
	}

	/**
	 * Make the check of an instance.
	 * @param check what it is asked
	 * @param loop the event loop
	 * @param target what is checked
	 * @param done takes what is wrong with the instance, or an empty text
	 */
	static RunningCheck of(Check check, TrafficLoop loop, CheckTarget target, Consumer<String> done) {
		return switch (check) {
			case Check.Tcp() -> new TcpCheck(loop, target, done);
			case Check.Http http -> new HttpCheck(loop, target, http, done);
			case Check.Grpc grpc -> new GrpcCheck(loop, target, grpc, done);
		};
	}

	/**
	 * Begin.
	 * @param connections makes its connection
	 */
	final void begin(SingleUseConnections connections) {
		this.late = this.loop.after(this.target.timeout().toNanos(), () -> end(lateness()));
		this.callOff = connect(connections);
	}

	final CheckTarget target() {
		return this.target;
	}

	/**
	 * Note whether there is a connection.
	 */
	final void connected(boolean now) {
		this.connected = now;
	}

	/**
	 * Whether there was a connection, whatever came of it.
	 */
	final boolean hasConnected() {
		return this.connected;
	}

	final boolean hasEnded() {
		return this.ended;
	}

	/**
	 * Ask for a connection.
	 * @return calls that off
	 */
	abstract Runnable connect(SingleUseConnections connections);

	/**
	 * Let go of the connection, if there is one.
	 */
	abstract void release();

	/**
	 * Return what has not come in time.
	 */
	abstract String lateness();

	final String seconds() {
		return this.target.timeout().toMillis() + " ms";
	}

	static String noConnection(ConnectFailure reason, String explanation) {
		return "no connection: " + reason.reason() + (explanation.isEmpty() ? "" : ", " + explanation);
	}

	/**
	 * End it with a result.
	 * @param problem what is wrong with the instance, empty when nothing is
	 */
	final void end(String problem) {
		if (!this.ended) {
			cancel();
			this.done.accept(problem);
		}
	}

	/**
	 * End it without a result.
	 */
	final void cancel() {
		if (this.ended) {
			return;
		}
		this.ended = true;
		if (this.late != null) {
			this.late.cancel();
		}
		if (this.callOff != null) {
			this.callOff.run();
		}
		release();
	}

}
