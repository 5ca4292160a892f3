package dev.holdfast.admin;

import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.override.Scope;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Lets writes of one scope take place one after the other, so that what a write was
 * decided on still is so when it is done. What is done on this gateway waits for no write
 * that waits for etcd.
 */
final class WriteTurns {

	private static final String PRECONDITION = WriteTurns.class.getName() + ".precondition";

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
	 */
	<T> T take(Scope scope, HttpServletRequest request, Write<T> write) throws InterruptedException {
		ReentrantLock lock = switch (scope) {
			case LOCAL -> this.local;
			case CLUSTER -> this.shared;
		};
		lock.lockInterruptibly();
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
