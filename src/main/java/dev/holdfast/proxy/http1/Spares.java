package dev.holdfast.proxy.http1;

import java.util.ArrayDeque;
import java.util.function.Supplier;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * Heads that no message needs at the moment: those of an event loop are shared by its
 * connections, so that one that is idle costs no memory, and one that is not finds a head
 * that is still in the processor's caches.
 *
 * @param <T> the type of head
 */
final class Spares<T> {

	private static final int MOST = 64;

	private final Supplier<T> source;

	private final FastThreadLocal<ArrayDeque<T>> spares = new FastThreadLocal<>() {

		@Override
		protected ArrayDeque<T> initialValue() {
			return new ArrayDeque<>();
		}

	};

	/**
	 * Make a store that is empty.
	 * @param source makes what is not there
	 */
	Spares(Supplier<T> source) {
		this.source = source;
	}

	/**
	 * Take one out.
	 */
	T take() {
		T spare = this.spares.get().pollLast();
		return (spare != null) ? spare : this.source.get();
	}

	/**
	 * Give one back that nobody looks at any more.
	 * @param spare the one
	 */
	void give(T spare) {
		ArrayDeque<T> all = this.spares.get();
		if (all.size() < MOST) {
			all.addLast(spare);
		}
	}

}
