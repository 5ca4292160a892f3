package dev.holdfast.upstream;

/**
 * Hears that an instance has become healthy or has ceased to be.
 */
@FunctionalInterface
interface HealthListener {

	/**
	 * The health of an instance has changed, on any thread.
	 * @param recovered whether it was avoided before and is chosen like the others now
	 */
	void onHealth(boolean recovered);

}
