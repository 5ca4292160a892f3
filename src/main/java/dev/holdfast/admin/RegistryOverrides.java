package dev.holdfast.admin;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import dev.holdfast.override.Action;
import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.OverrideChange;
import dev.holdfast.override.OverrideListener;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.ServiceName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the registry obey a freeze, and writes what operators set and end into the history
 * of the services and into the log.
 */
public final class RegistryOverrides implements OverrideListener {

	private static final Logger logger = LoggerFactory.getLogger(RegistryOverrides.class);

	private static final String LOST = "etcd has lost it, and it stays: ";

	private final RegistryOperations operations;

	/**
	 * Creates the listener.
	 * @param operations what the registry can be asked to do
	 */
	public RegistryOverrides(RegistryOperations operations) {
		this.operations = operations;
	}

	/**
	 * Return the freeze that is in force.
	 * @param overrides what is in force
	 * @return the freeze in the registry's words, empty when there is none
	 */
	public static Optional<Freeze> freeze(ActiveOverrides overrides) {
		return overrides.freeze().map((set) -> new Freeze(set.since(), set.until(), set.reason()));
	}

	@Override
	public void onOverrides(ActiveOverrides now, List<OverrideChange> changes) {
		for (OverrideChange change : changes) {
			OperatorOverride after = change.after();
			String told = (after == null) ? ended(change) : (change.isLost() ? LOST : "") + begun(after);
			switch (change.action()) {
				case Action.Drain(ServiceName service, String instance) -> note(change, service, instance, told);
				case Action.Weight(ServiceName service, String instance, int weight) ->
					note(change, service, instance, told);
				case Action.CircuitOpen(ServiceName service) -> note(change, service, "", told);
				case Action.Freeze frozen -> obey(now);
			}
		}
	}

	private void note(OverrideChange change, ServiceName service, String instance, String told) {
		this.operations.note(service, (change.after() != null) ? Change.Cause.OVERRIDDEN : Change.Cause.OVERRIDE_ENDED,
				instance, told);
		logger.info("{}{}: {}", service, instance.isEmpty() ? "" : ", instance " + PrintableText.of(instance), told);
	}

	private void obey(ActiveOverrides now) {
		freeze(now).map(this.operations::freeze).orElseGet(this.operations::unfreeze).exceptionally((failure) -> {
			logger.error("The registry does not obey a freeze, or its end", failure);
			return null;
		});
	}

	private static String begun(OperatorOverride override) {
		String scope = (override.scope() == Scope.CLUSTER) ? " on all gateways" : "";
		String reason = override.reason().isEmpty() ? "" : ": " + override.reason();
		return "%s%s until %s by %s%s".formatted(what(override.action()), scope,
				override.until().truncatedTo(ChronoUnit.SECONDS), override.by(), reason);
	}

	private static String ended(OverrideChange change) {
		return "%s has ended%s".formatted(what(change.action()), change.expired() ? " at its time" : "");
	}

	private static String what(Action action) {
		return switch (action) {
			case Action.Drain drain -> "drained";
			case Action.Weight weight -> "weight " + weight.weight();
			case Action.CircuitOpen circuit -> "circuit kept open";
			case Action.Freeze freeze -> "frozen";
		};
	}

}
