package dev.holdfast.proxy.backend;

import org.jspecify.annotations.Nullable;

/**
 * A request that waits for a connection. Calls itself off when run.
 */
final class PendingAcquire implements Runnable {

	private @Nullable ConnectListener listener;

	PendingAcquire(ConnectListener listener) {
		this.listener = listener;
	}

	@Override
	public void run() {
		this.listener = null;
	}

	/**
	 * Whether nobody waits any more.
	 */
	boolean isOff() {
		return this.listener == null;
	}

	void serve(BackendStream stream) {
		ConnectListener told = this.listener;
		this.listener = null;
		if (told != null) {
			told.onConnected(stream);
		}
		else {
			stream.cancel();
		}
	}

	void fail(@Nullable Throwable failure) {
		ConnectListener told = this.listener;
		this.listener = null;
		if (told != null) {
			told.onConnectFailed(ConnectFailures.reason(failure), ConnectFailures.explain(failure));
		}
	}

}
