package dev.holdfast.upstream;

import java.util.Collection;
import java.util.List;
import java.util.Set;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;

/**
 * The run-time state of every service that was ever registered.
 */
public final class Upstreams implements SnapshotListener {

	/**
	 * Finds a service's state.
	 * @param service its name
	 * @return the state, or {@code null} when nothing was ever registered under the name
	 */
	public @Nullable Upstream find(ServiceName service) {
		return null;
	}

	/**
	 * Gives the state of all services.
	 * @return the states, in no order
	 */
	public Collection<Upstream> all() {
		return List.of();
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
	}

}
