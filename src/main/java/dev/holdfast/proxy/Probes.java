package dev.holdfast.proxy;

/**
 * What the traffic port says of the gateway's own health. Asked on event loops, so
 * answers must not block.
 */
public interface Probes {

	/**
	 * Tells whether the process works; depends on nothing outside of it.
	 * @return whether it should be left running
	 */
	boolean live();

	/**
	 * Tells whether the gateway can route.
	 * @return whether it should be sent requests
	 */
	boolean ready();

	/**
	 * Tells why the gateway is not ready.
	 * @return one short sentence
	 */
	String notReadyReason();

}
