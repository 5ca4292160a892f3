package dev.holdfast.override;

import java.util.List;

/**
 * Hears of what comes into force and what ends.
 */
@FunctionalInterface
public interface OverrideListener {

	/**
	 * Takes what has changed. Called in order, after it was published and before whoever
	 * changed it goes on; it must neither block nor throw.
	 * @param now what is in force
	 * @param changes what is different, sorted by key; not empty
	 */
	void onOverrides(ActiveOverrides now, List<OverrideChange> changes);

}
