package dev.holdfast.route;

import java.util.List;
import java.util.Set;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;

/**
 * The table of routes that is in force, replaced as a whole. Whoever treats a request
 * asks for the table once, so that the request is judged by one table whatever happens
 * meanwhile.
 */
public final class ActiveRoutes implements SnapshotListener {

	private volatile RouteTable table;

	/**
	 * Begins with a table.
	 * @param table the table
	 */
	public ActiveRoutes(RouteTable table) {
		this.table = table;
	}

	/**
	 * Return the table that is in force.
	 * @return the table
	 */
	public RouteTable table() {
		return this.table;
	}

	/**
	 * Puts other explicit routes in force. For one thread at a time.
	 * @param routes all explicit routes
	 * @throws IllegalArgumentException if two routes have the same id; what is in force
	 * stays
	 */
	public void replace(List<Route> routes) {
		this.table = this.table.replacing(routes);
	}

	/** All tables know the same services. */
	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		this.table.onSnapshot(snapshot, changed);
	}

}
