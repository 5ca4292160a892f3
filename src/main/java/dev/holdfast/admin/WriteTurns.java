package dev.holdfast.admin;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.override.Scope;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;

/**
 * Lets writes of one scope take place one after the other, so that what a write was
 * decided on still is so when it is done. What is done on this gateway waits for no write
 * that waits for etcd.
 */
final class WriteTurns {

	private static final String PRECONDITION = WriteTurns.class.getName() + ".precondition";

	private static final int PATIENCE_SECONDS = 10;

	private final ReentrantLock local = new ReentrantLock();

	private final ReentrantLock shared = new ReentrantLock();

	/**
	 * Notes what a request makes a condition of its write.
	 * @param check throws when the write is not to be done
	 */
	static void require(HttpServletRequest request, Runnable check) {
		request.setAttribute(PRECONDITION, check);
	}

	/**
	 * Does a write when it is its turn, if its condition is met then: it was when the
	 * request came, but another one may have been done since.
	 * @throws ProblemException if other writes take too long
	 */
	<T> T take(Scope scope, HttpServletRequest request, Write<T> write) throws InterruptedException {
		ReentrantLock lock = switch (scope) {
			case LOCAL -> this.local;
			case CLUSTER -> this.shared;
		};
		if (!lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
			throw new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "busy",
					"another write is under way for %d s (expected: its end); nothing was done"
						.formatted(PATIENCE_SECONDS));
		}
		try {
			if (request.getAttribute(PRECONDITION) instanceof Runnable check) {
				check.run();
			}
			return write.make();
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * What is done in a turn.
	 */
	@FunctionalInterface
	interface Write<T> {

		T make() throws InterruptedException;

	}

}
