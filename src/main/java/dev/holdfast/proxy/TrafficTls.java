package dev.holdfast.proxy;

import java.util.Optional;

/**
 * What of the traffic port's connections is secured, and with what.
 *
 * @param clients how clients' connections are secured, empty for clear text
 */
public record TrafficTls(Optional<ClientTls> clients) {

	/** Clear text. */
	public static final TrafficTls NONE = new TrafficTls(Optional.empty());

}
