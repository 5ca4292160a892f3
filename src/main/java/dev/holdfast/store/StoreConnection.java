package dev.holdfast.store;

import java.time.Duration;
import java.util.function.Consumer;

import dev.holdfast.service.Revision;

/**
 * One client of the store, used for one session and then thrown away. Every call blocks
 * for some seconds at most, and throws {@link StoreException} when the store cannot be
 * asked or refuses. Safe on any thread once it has listed.
 */
public interface StoreConnection extends AutoCloseable {

	/**
	 * Reads all entries at one revision, and opens the connection.
	 * @param prefix what their keys begin with
	 * @param reader takes one after the other
	 * @return the revision
	 */
	Revision list(String prefix, Consumer<StoredEntry> reader);

	/**
	 * Begins to watch; changes and the end of the watch come as signals.
	 * @param prefix what the keys begin with
	 * @param fromRevision the first revision to deliver; one that exists already, since
	 * etcd answers no progress request for a watch that begins in the future
	 */
	void watch(String prefix, long fromRevision);

	/**
	 * Asks the watch to say how far it has delivered; the answer is a signal.
	 */
	void requestProgress();

	/**
	 * Reads the newest revision, confirmed by a majority of the cluster.
	 * @param prefix what may be read
	 * @return the revision
	 */
	Revision head(String prefix);

	/**
	 * Grants a lease.
	 * @param time how long it lives without being kept alive
	 * @return its id
	 */
	long grant(Duration time);

	/**
	 * Gives a lease its full time again.
	 * @param lease its id
	 * @return whether there still is such a lease
	 */
	boolean keepAlive(long lease);

	/**
	 * Ends a lease, and with it all entries that hang on it.
	 * @param lease its id
	 */
	void revoke(long lease);

	/**
	 * Writes an entry.
	 * @param key the key
	 * @param value the value
	 * @param lease the lease that it hangs on
	 * @return what came of it
	 */
	Write put(String key, byte[] value, long lease);

	/**
	 * Deletes an entry.
	 * @param key the key
	 * @return what came of it
	 */
	Write delete(String key);

	@Override
	void close();

	/**
	 * What came of a write.
	 *
	 * @param revision the store's revision then
	 * @param changed whether there was something to change, be it by writing or deleting
	 * @param formerLease the lease that the entry hung on before, 0 for none
	 */
	record Write(long revision, boolean changed, long formerLease) {
	}

}
