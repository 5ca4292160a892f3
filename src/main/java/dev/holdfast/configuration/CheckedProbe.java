package dev.holdfast.configuration;

import java.util.function.Consumer;

import dev.holdfast.check.ActiveChecks;
import dev.holdfast.registry.Probe;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

/**
 * Probes an instance by its health check, and by a mere connection if it has none or
 * fails it: a check may fail everywhere, because its path is wrong or what all depend on
 * is down, and says nothing then of whether an instance has gone.
 */
final class CheckedProbe implements Probe {

	private final ActiveChecks checks;

	private final Probe connection;

	CheckedProbe(ActiveChecks checks, Probe connection) {
		this.checks = checks;
		this.connection = connection;
	}

	@Override
	public void probe(Endpoint endpoint, Consumer<String> result) {
		this.connection.probe(endpoint, result);
	}

	@Override
	public void probe(ServiceName service, Instance instance, Consumer<String> result) {
		if (!this.checks.probe(service, instance, (error) -> take(instance, error, result))) {
			probe(instance.endpoint(), result);
		}
	}

	private void take(Instance instance, String error, Consumer<String> result) {
		if (error.isEmpty()) {
			result.accept("");
		}
		else {
			probe(instance.endpoint(), result);
		}
	}

}
