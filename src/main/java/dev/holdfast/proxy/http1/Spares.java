package dev.holdfast.proxy.http1;

import java.util.ArrayDeque;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.holdfast.proxy.header.HeaderFields;
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

	/** What a head may keep of the memory that a large one took, bytes. */
	private static final int MOST_MEMORY = 8 * 1024;

	private final Supplier<T> source;

	private final Function<T, HeaderFields> fields;

	private final FastThreadLocal<ArrayDeque<T>> spares = new FastThreadLocal<>() {

		@Override
		protected ArrayDeque<T> initialValue() {
			return new ArrayDeque<>();
		}

	};

	/**
	 * Make a store that is empty.
	 * @param source makes what is not there
	 * @param fields gives the fields of a head
	 */
	Spares(Supplier<T> source, Function<T, HeaderFields> fields) {
		this.source = source;
		this.fields = fields;
	}

	/**
	 * Take one out.
	 */
	T take() {
		T spare = this.spares.get().pollLast();
		return (spare != null) ? spare : this.source.get();
	}

	/**
	 * Return the fields of one.
	 * @param head the one
	 */
	HeaderFields fields(T head) {
		return this.fields.apply(head);
	}

	/**
	 * Give one back that nobody looks at any more. One that has become large is not kept.
	 * @param spare the one
	 */
	void give(T spare) {
		ArrayDeque<T> all = this.spares.get();
		if (all.size() < MOST && fields(spare).capacity() <= MOST_MEMORY) {
			all.addLast(spare);
		}
	}

}
