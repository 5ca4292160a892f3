package dev.holdfast.admin;

import java.time.Instant;
import java.util.Locale;

import dev.holdfast.override.Action;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Scope;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * An override in the list of them.
 *
 * @param kind {@code DRAIN}, {@code WEIGHT}, {@code CIRCUIT_OPEN} or {@code FREEZE}
 * @param service the name of the service that it is for, {@code null} when it is for all
 * @param instance the id of the instance that it is for, {@code null} when it is for all
 * of the service
 * @param weight the weight that it gives, {@code null} when it is none
 * @param scope which gateways it is for
 * @param since when it began
 * @param until when it ends by itself
 * @param reason why, empty when no reason was given
 * @param by who set it
 */
record OverrideView(String kind, @Nullable String service, @Nullable String instance, @Nullable Integer weight,
		Scope scope, Instant since, Instant until, String reason, String by) {

	static OverrideView of(OperatorOverride override) {
		Action action = override.action();
		String service = action.target().map(ServiceName::value).orElse(null);
		return switch (action) {
			case Action.Drain drain -> of(override, service, drain.instance(), null);
			case Action.Weight weight -> of(override, service, weight.instance(), weight.weight());
			case Action.CircuitOpen circuit -> of(override, service, null, null);
			case Action.Freeze freeze -> of(override, null, null, null);
		};
	}

	private static OverrideView of(OperatorOverride override, @Nullable String service, @Nullable String instance,
			@Nullable Integer weight) {
		return new OverrideView(override.action().kind(), service, instance, weight, override.scope(), override.since(),
				override.until(), override.reason(), override.by());
	}

	/**
	 * Whether the kind, the service, the instance, the reason or who set it contains a
	 * text, in any case.
	 */
	boolean matches(String text) {
		String sought = text.toLowerCase(Locale.ROOT);
		return contains(this.kind, sought) || contains(this.service, sought) || contains(this.instance, sought)
				|| contains(this.reason, sought) || contains(this.by, sought);
	}

	private static boolean contains(@Nullable String value, String sought) {
		return value != null && value.toLowerCase(Locale.ROOT).contains(sought);
	}

}
