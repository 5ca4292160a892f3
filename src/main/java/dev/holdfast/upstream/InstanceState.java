package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * How an instance takes part in the choice for a request, in the words of the API, the
 * meters and the log.
 */
public sealed interface InstanceState {

	/** The words of all states, best first. */
	enum Word {

		ROUTABLE, SLOW_START, HELD, FAILING, RETURNING, EJECTED, FAILING_CHECK, WEIGHTLESS, DRAINING;

		/**
		 * Return the word as meters spell it.
		 * @return such as {@code slow-start}
		 */
		public String label() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	/**
	 * Return the state's word.
	 * @return the word
	 */
	default Word word() {
		return switch (this) {
			case Routable() -> Word.ROUTABLE;
			case SlowStart slow -> Word.SLOW_START;
			case Held held -> Word.HELD;
			case Failing failing -> Word.FAILING;
			case Returning returning -> Word.RETURNING;
			case Ejected ejected -> Word.EJECTED;
			case FailingCheck failing -> Word.FAILING_CHECK;
			case Weightless() -> Word.WEIGHTLESS;
			case Draining() -> Word.DRAINING;
		};
	}

	/**
	 * Return why the instance is in this state, as a sentence.
	 * @return the sentence, empty for one that is routable
	 */
	default String reason() {
		return switch (this) {
			case Routable() -> "";
			case SlowStart(boolean recovered, Instant until) -> "it %s, and gets its whole share from %s on"
				.formatted(recovered ? "has recovered" : "is new", until.truncatedTo(ChronoUnit.SECONDS));
			case Held(String why) -> why;
			case Failing(int failures) ->
				"it failed %d requests in a row; it is not avoided, since no more instances may be".formatted(failures);
			case Returning(EjectionCause cause) ->
				cause.sentence() + "; it gets one request at a time until one succeeds";
			case Ejected(EjectionCause cause, Duration time, Instant until) ->
				"%s; it is avoided until %s while there is another".formatted(cause.sentence(),
						until.truncatedTo(ChronoUnit.SECONDS));
			case FailingCheck(String why) ->
				"its health check fails: %s; it is avoided while there is another".formatted(why);
			case Weightless() -> "its weight is 0";
			case Draining() -> "an operator drains it";
		};
	}

	/**
	 * Whether it is avoided while there is another: it is ejected, or fails its check.
	 * @return whether it is avoided
	 */
	default boolean isAvoided() {
		return this instanceof Ejected || this instanceof FailingCheck;
	}

	/**
	 * Whether it gets requests while others do.
	 * @return whether it takes part
	 */
	default boolean takesRequests() {
		return switch (this) {
			case Routable() -> true;
			case SlowStart slow -> true;
			case Held held -> true;
			case Failing failing -> true;
			case Returning returning -> true;
			case Ejected ejected -> false;
			case FailingCheck failing -> false;
			case Weightless() -> false;
			case Draining() -> false;
		};
	}

	/**
	 * Return the state of an instance whose removal is held. It takes part as before:
	 * only where nothing else is to be said of it the hold is.
	 * @param why why the registry keeps it
	 * @return the state
	 */
	default InstanceState heldFor(String why) {
		return (this instanceof Routable) ? new Held(why) : this;
	}

	/**
	 * It gets requests as any other does.
	 */
	record Routable() implements InstanceState {
	}

	/**
	 * It gets a part of its share, more with time.
	 *
	 * @param recovered whether it was known before, and avoided
	 * @param until from when on it gets its whole share
	 */
	record SlowStart(boolean recovered, Instant until) implements InstanceState {
	}

	/**
	 * It gets requests as any other does, though the registry no longer has it.
	 *
	 * @param why why it stays
	 */
	record Held(String why) implements InstanceState {
	}

	/**
	 * It fails, but gets requests, because as many of its service are ejected as may be.
	 *
	 * @param failures how many requests in a row it has failed
	 */
	record Failing(int failures) implements InstanceState {
	}

	/**
	 * Its ejection is over, and it gets one request at a time until one succeeds.
	 *
	 * @param cause why it was ejected
	 */
	record Returning(EjectionCause cause) implements InstanceState {
	}

	/**
	 * It gets requests only when there is no other, or when too few are healthy.
	 *
	 * @param cause why it is ejected
	 * @param time for how long
	 * @param until when that ends
	 */
	record Ejected(EjectionCause cause, Duration time, Instant until) implements InstanceState {
	}

	/**
	 * Its active check fails: it gets requests only when there is no other, or when too
	 * few are healthy.
	 *
	 * @param why what the check found
	 */
	record FailingCheck(String why) implements InstanceState {
	}

	/** It gets no requests, because its weight is 0. */
	record Weightless() implements InstanceState {
	}

	/** It gets no requests at an operator's word, not even when there is no other. */
	record Draining() implements InstanceState {
	}

}
