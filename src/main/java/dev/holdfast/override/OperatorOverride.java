package dev.holdfast.override;

import java.time.Instant;

import dev.holdfast.service.PrintableText;

/**
 * What an operator has set against what is registered, for a time.
 *
 * @param action what it does
 * @param scope which gateways it is for
 * @param since when it began
 * @param until when it ends by itself
 * @param reason why, empty when no reason was given
 * @param by who set it: an address, or the subject of a token
 */
public record OperatorOverride(Action action, Scope scope, Instant since, Instant until, String reason, String by) {

	/** The longest reason that is kept. */
	public static final int MAX_REASON_LENGTH = 200;

	/** The longest name of an operator that is kept. */
	public static final int MAX_BY_LENGTH = 200;

	/**
	 * Cuts the texts that are too long, and takes from them what could pass for another
	 * line of the log: they may come from another gateway, or from whoever may write into
	 * etcd.
	 * @throws IllegalArgumentException if it would end before it began
	 */
	public OperatorOverride {
		if (until.isBefore(since)) {
			throw new IllegalArgumentException("until: %s (expected: not before since %s)".formatted(until, since));
		}
		reason = cut(reason, MAX_REASON_LENGTH);
		by = cut(by, MAX_BY_LENGTH);
	}

	private static String cut(String text, int length) {
		return PrintableText.of((text.length() > length) ? text.substring(0, length - 1) + "…" : text, length);
	}

	/**
	 * Return the text that tells what it is of from all others of its scope.
	 * @return the action's key
	 */
	public String key() {
		return this.action.key();
	}

	/**
	 * Whether it is still in force.
	 * @param now the time
	 * @return whether its end is yet to come
	 */
	public boolean lastsAt(Instant now) {
		return now.isBefore(this.until);
	}

}
