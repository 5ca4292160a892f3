package dev.holdfast.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was opened one after the other, and is closed in the opposite order, whatever the
 * closing of one of them throws.
 */
public final class Closer implements AutoCloseable {

	private final Deque<AutoCloseable> opened = new ArrayDeque<>();

	/**
	 * Remembers what has just been opened.
	 * @param resource what is to be closed
	 * @param <T> its type
	 * @return the same
	 */
	public <T extends AutoCloseable> T register(T resource) {
		this.opened.push(resource);
		return resource;
	}

	/**
	 * Closes everything that was registered since the last time.
	 * @throws IllegalStateException if something could not be closed; the rest is closed
	 * all the same
	 */
	@Override
	public void close() {
		IllegalStateException failure = null;
		while (!this.opened.isEmpty()) {
			try {
				this.opened.pop().close();
			}
			catch (Exception ex) {
				if (failure == null) {
					failure = new IllegalStateException("Not all could be closed: " + ex.getMessage(), ex);
				}
				else {
					failure.addSuppressed(ex);
				}
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

}
