package dev.holdfast.admin;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.override.Action;
import dev.holdfast.override.InstanceOverrides;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has set against what is registered of an instance.
 *
 * @param drain keeps new requests from it, {@code null} when nothing does
 * @param weight gives it another weight, {@code null} when nothing does
 */
record InstanceOverride(@Nullable Terms drain, @Nullable WeightTerms weight) {

	static @Nullable InstanceOverride of(InstanceOverrides overrides) {
		OperatorOverride drain = overrides.drain();
		OperatorOverride weight = overrides.weight();
		if (drain == null && weight == null) {
			return null;
		}
		return new InstanceOverride((drain != null) ? Terms.of(drain) : null,
				(weight != null && weight.action() instanceof Action.Weight set)
						? new WeightTerms(set.weight(), Terms.of(weight)) : null);
	}

	/**
	 * From when to when it is in force, and why.
	 *
	 * @param scope which gateways it is for
	 * @param since when it began
	 * @param until when it ends by itself
	 * @param reason why, empty when no reason was given
	 * @param by who set it
	 */
	record Terms(Scope scope, Instant since, Instant until, String reason, String by) {

		static Terms of(OperatorOverride override) {
			return new Terms(override.scope(), override.since(), override.until(), override.reason(), override.by());
		}

		/**
		 * Says until when, and why.
		 */
		String sentence() {
			String end = "until " + this.until.truncatedTo(ChronoUnit.SECONDS);
			return this.reason.isEmpty() ? end : end + ": " + this.reason;
		}

	}

	/**
	 * Another weight.
	 *
	 * @param weight the weight
	 * @param terms from when to when it is in force, and why
	 */
	record WeightTerms(int weight, @JsonUnwrapped Terms terms) {
	}

}
