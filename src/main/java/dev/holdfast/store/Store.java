package dev.holdfast.store;

import java.util.function.Consumer;

/**
 * A store of entries that several gateways see, which is etcd.
 */
public interface Store {

	/**
	 * Makes a connection of its own, on the next member in turn. Does not block: the
	 * connection is opened by its list.
	 * @param sink takes what the connection has to say, on any thread; must not block
	 * @return the connection
	 */
	StoreConnection connect(Consumer<StoreSignal> sink);

	/**
	 * Return how many members there are to be tried.
	 * @return their number, at least 1
	 */
	int members();

}
