package dev.holdfast.proxy.transport;

import org.jspecify.annotations.Nullable;

/**
 * Something on an event loop that must have got on by a certain time. Kept in
 * {@link Deadlines}.
 */
public abstract class Deadline {

	// For Deadlines alone.

	@Nullable Deadline previous;

	@Nullable Deadline next;

	long due;

	long tick;

	/**
	 * Its time is over, and it is not kept any more.
	 * @param now the time as {@link Deadlines#now} tells it
	 */
	protected abstract void onDue(long now);

}
