package dev.holdfast.service;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Everything that was registered at one revision. A snapshot shares all that did not
 * change with the one it was made from, so that the cost of a change does not grow with
 * the number of services.
 *
 * @param services the services by name
 * @param revision the revision at which all of them were like this
 * @param instances how many instances the services have together
 */
public record Snapshot(PMap<ServiceName, Service> services, Revision revision, int instances) {

	/** Nothing registered, nothing read. */
	public static final Snapshot EMPTY = new Snapshot(HashTreePMap.empty(), Revision.NONE, 0);

	/**
	 * Finds a service.
	 * @param name its name
	 * @return the service, or {@code null} when nothing was ever registered under the
	 * name
	 */
	public @Nullable Service find(ServiceName name) {
		return this.services.get(name);
	}

	/**
	 * Gives a snapshot in which one service is different.
	 * @param service what it is now
	 * @return the other snapshot
	 */
	public Snapshot with(Service service) {
		Service before = find(service.name());
		int difference = service.instances().size() - ((before != null) ? before.instances().size() : 0);
		return new Snapshot(this.services.plus(service.name(), service), this.revision, this.instances + difference);
	}

	/**
	 * Gives the same services at another revision.
	 * @param revision the revision
	 * @return the other snapshot
	 */
	public Snapshot at(Revision revision) {
		return new Snapshot(this.services, revision, this.instances);
	}

}
