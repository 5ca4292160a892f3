package dev.holdfast.registry;

import java.util.function.Consumer;

import dev.holdfast.service.Endpoint;

/**
 * Finds out whether something listens at an endpoint.
 */
@FunctionalInterface
public interface Probe {

	/**
	 * Begins a probe and returns at once.
	 * @param endpoint what is probed
	 * @param result takes what went wrong, or an empty text when nothing did; called
	 * once, on any thread, within a few seconds
	 */
	void probe(Endpoint endpoint, Consumer<String> result);

}
