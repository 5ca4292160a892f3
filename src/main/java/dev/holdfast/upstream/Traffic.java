package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * What became of one service's requests lately: the window that is being filled and the
 * full one before it. Readers change nothing that another reader sees, and a service
 * without traffic keeps no window.
 */
final class Traffic {

	private final AtomicReference<@Nullable Windows> windows = new AtomicReference<>();

	void record(long now, Outcome outcome, long nanos) {
		windowAt(Window.numberAt(now)).record(outcome, nanos);
	}

	private Window windowAt(long number) {
		Windows seen = this.windows.get();
		while (seen == null || seen.number < number) {
			Windows next = new Windows(number, new Window(), (seen != null) ? seen.at(number - 1) : null);
			if (this.windows.compareAndSet(seen, next)) {
				return next.filling;
			}
			seen = this.windows.get();
		}
		return seen.filling;
	}

	Statistics lastFull(long now) {
		Window full = lastFullWindow(now);
		return (full != null) ? full.statistics() : Statistics.NONE;
	}

	/**
	 * The last full window, {@code null} when nothing ended in it.
	 */
	@Nullable Window lastFullWindow(long now) {
		long number = Window.numberAt(now);
		Windows seen = this.windows.get();
		if (seen == null) {
			return null;
		}
		Window full = (seen.number >= number) ? seen.full : seen.at(number - 1);
		if (full == null && seen.number < number) {
			this.windows.compareAndSet(seen, null);
		}
		return full;
	}

	/**
	 * Two windows.
	 *
	 * @param number the number of the one that is being filled
	 * @param filling the one that is being filled
	 * @param full the one right before it, none when nothing ended then
	 */
	private record Windows(long number, Window filling, @Nullable Window full) {

		@Nullable Window at(long wanted) {
			return (this.number == wanted) ? this.filling : null;
		}

	}

}
