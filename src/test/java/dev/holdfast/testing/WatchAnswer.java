package dev.holdfast.testing;

import io.grpc.Status;

/**
 * How a {@link ScriptedEtcd} answers a request to watch.
 */
public sealed interface WatchAnswer {

	/**
	 * As etcd does: created, then every event and every progress asked for.
	 */
	record Deliver() implements WatchAnswer {
	}

	/**
	 * Created, and then neither event nor progress nor end.
	 */
	record Silence() implements WatchAnswer {
	}

	/**
	 * Nothing at all, not even that it is created.
	 */
	record Nothing() implements WatchAnswer {
	}

	/**
	 * Created and cancelled in one and the same response.
	 *
	 * @param reason the reason that etcd gives for it
	 */
	record CreatedAndCancelled(String reason) implements WatchAnswer {
	}

	/**
	 * Created, and before any event the stream ends well.
	 */
	record Completion() implements WatchAnswer {
	}

	/**
	 * Created, and before any event the stream ends with an error.
	 *
	 * @param status the error
	 */
	record Failure(Status status) implements WatchAnswer {
	}

	/**
	 * Created, and before any event the stream is reset (HTTP/2's RST_STREAM), as a proxy
	 * between does.
	 */
	record Reset() implements WatchAnswer {
	}

}
