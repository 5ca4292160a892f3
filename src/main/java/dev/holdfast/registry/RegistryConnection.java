package dev.holdfast.registry;

/**
 * One client on the registry, used by one generation and then thrown away. No method
 * blocks or throws: answers and failures come as {@link Signal}s, and every call is
 * answered within its deadline.
 */
public interface RegistryConnection extends AutoCloseable {

	/**
	 * Asks for the newest revision by a read that a majority of the cluster confirms.
	 */
	void readHead();

	/**
	 * Asks for all records at one revision.
	 */
	void list();

	/**
	 * Asks whether a lease is alive.
	 * @param id the lease's id
	 */
	void readLease(long id);

	/**
	 * Begins to watch.
	 * @param fromRevision the first revision to deliver; one that exists already, since
	 * etcd answers no progress request for a watch that begins in the future
	 * @return the number of watches that now deliver independently of each other
	 */
	int watch(long fromRevision);

	/**
	 * Asks every watch to say how far it has delivered.
	 */
	void requestProgress();

	@Override
	void close();

}
