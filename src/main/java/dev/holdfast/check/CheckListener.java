package dev.holdfast.check;

import dev.holdfast.service.ServiceName;

/**
 * Hears of every check. Called on the checks' event loop; must neither block nor throw.
 */
@FunctionalInterface
public interface CheckListener {

	/** Hears of nothing. */
	CheckListener NONE = (service, passed, nanos) -> {
	};

	/**
	 * A check has ended.
	 * @param service the service of the instance that was checked
	 * @param passed whether the instance is well
	 * @param nanos how long it took, nanoseconds
	 */
	void onChecked(ServiceName service, boolean passed, long nanos);

}
