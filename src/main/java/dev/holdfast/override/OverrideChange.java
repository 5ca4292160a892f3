package dev.holdfast.override;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What is in force of one key and was not, or is so no longer; or is so still although
 * etcd has lost it.
 *
 * @param before what was in force, {@code null} when nothing was
 * @param after what is in force, {@code null} when nothing is
 * @param expired whether what was in force ended at its time, and not by an operator
 */
public record OverrideChange(@Nullable OperatorOverride before, @Nullable OperatorOverride after, boolean expired) {

	/**
	 * Checks that there is something.
	 * @throws IllegalArgumentException if there was and is nothing
	 */
	public OverrideChange {
		if (before == null && after == null) {
			throw new IllegalArgumentException("change: none (expected: something before or after)");
		}
	}

	/**
	 * Whether nothing has changed but that etcd has lost what is in force for all
	 * gateways.
	 * @return whether it is the same as before
	 */
	public boolean isLost() {
		return Objects.equals(this.before, this.after);
	}

	/**
	 * Return what it is of.
	 * @return the action that is in force, or was
	 */
	public Action action() {
		return Objects.requireNonNull((this.after != null) ? this.after : this.before).action();
	}

}
