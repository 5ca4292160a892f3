package dev.holdfast.override;

import org.jspecify.annotations.Nullable;

/**
 * What is in force for one instance.
 *
 * @param drain keeps new requests from it, {@code null} when nothing does
 * @param weight gives it another weight, {@code null} when nothing does
 */
public record InstanceOverrides(@Nullable OperatorOverride drain, @Nullable OperatorOverride weight) {

	/** Nothing. */
	public static final InstanceOverrides NONE = new InstanceOverrides(null, null);

	/**
	 * Whether it gets no new requests at an operator's word.
	 * @return whether it is drained
	 */
	public boolean isDrained() {
		return this.drain != null;
	}

	/**
	 * Return the weight by which it is chosen.
	 * @param registered the weight that it is registered with
	 * @return 0 for one that gets no new requests
	 */
	public int effectiveWeight(int registered) {
		if (this.drain != null) {
			return 0;
		}
		return (this.weight != null && this.weight.action() instanceof Action.Weight set) ? set.weight() : registered;
	}

	InstanceOverrides with(OperatorOverride override) {
		return switch (override.action()) {
			case Action.Drain drain -> new InstanceOverrides(override, this.weight);
			case Action.Weight weight -> new InstanceOverrides(this.drain, override);
			case Action.CircuitOpen circuit -> this;
			case Action.Freeze freeze -> this;
		};
	}

}
