package dev.holdfast.registry;

import java.util.function.Consumer;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

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

	/**
	 * Begins a probe of an instance, by its health check if it has one, and returns at
	 * once.
	 * @param service the instance's service
	 * @param instance what is probed
	 * @param result takes what went wrong, or an empty text when nothing did; called
	 * once, on any thread, within a few seconds
	 */
	default void probe(ServiceName service, Instance instance, Consumer<String> result) {
		probe(instance.endpoint(), result);
	}

}
