package dev.holdfast.outage;

import java.util.regex.Pattern;

/**
 * What a gateway has to say of itself while an outage lasts.
 */
sealed interface Told {

	/**
	 * Nothing: what happened does not concern it, and it stays {@code LIVE}.
	 */
	record Live() implements Told {
	}

	/**
	 * It may doubt for a moment, and is {@code LIVE} again before anything is repaired.
	 */
	record Briefly() implements Told {
	}

	/**
	 * {@code STALE} until the repair.
	 *
	 * @param cause what the cause must contain
	 */
	record Stale(Pattern cause) implements Told {
	}

	/**
	 * {@code FROM_DISK} until the repair, and ready.
	 *
	 * @param cause what the cause must contain
	 */
	record FromDisk(Pattern cause) implements Told {
	}

	/**
	 * {@code EMPTY} until the repair, alive and not ready.
	 *
	 * @param cause what the cause must contain
	 */
	record Empty(Pattern cause) implements Told {
	}

	/**
	 * It is halted itself and can say nothing.
	 */
	record Halted() implements Told {
	}

}
