package dev.holdfast.admin;

import java.time.Instant;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.override.Action;
import dev.holdfast.override.ActiveOverrides;
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
 * @param note what is out of the ordinary with it, left out when nothing is
 */
record OverrideView(String kind, @Nullable String service, @Nullable String instance, @Nullable Integer weight,
		Scope scope, Instant since, Instant until, String reason, String by,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String note) {

	private static final String LOST = "etcd was wiped, restored or replaced and does not have it any more; "
			+ "it ends at its time, or when it is ended";

	/**
	 * Gives the view of one of those that are in force, or hidden by another one.
	 */
	static OverrideView of(OperatorOverride override, ActiveOverrides active) {
		return active.isLost(override) ? of(override).with(LOST) : of(override);
	}

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
				override.until(), override.reason(), override.by(), null);
	}

	private OverrideView with(String note) {
		return new OverrideView(this.kind, this.service, this.instance, this.weight, this.scope, this.since, this.until,
				this.reason, this.by, note);
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
