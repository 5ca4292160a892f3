package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * The removals that wait for the registry to say whether their lease is alive.
 */
final class LeaseQuestions {

	/** When a hundred thousand leases end at once, the answer is known. */
	private static final int MAX_OPEN = 256;

	private final Map<Long, List<Removal>> open = new HashMap<>();

	private @Nullable LongConsumer connection;

	/**
	 * Takes a connection to ask by.
	 * @param connection asks for a lease; the answer comes by {@link #answered}
	 */
	void connect(LongConsumer connection) {
		this.connection = connection;
	}

	/**
	 * Forgets the connection.
	 * @return the removals that have no answer
	 */
	List<Removal> disconnect() {
		this.connection = null;
		List<Removal> unanswered = this.open.values().stream().flatMap(List::stream).toList();
		this.open.clear();
		return unanswered;
	}

	/**
	 * Asks for a removal's lease.
	 * @return whether an answer will come
	 */
	boolean ask(Removal removal) {
		List<Removal> same = this.open.get(removal.lease());
		if (same != null) {
			same.add(removal);
			return true;
		}
		if (this.connection == null || this.open.size() >= MAX_OPEN) {
			return false;
		}
		this.open.put(removal.lease(), new ArrayList<>(List.of(removal)));
		this.connection.accept(removal.lease());
		return true;
	}

	/**
	 * Asks for a lease for the sake of the time that it is granted.
	 */
	void sample(long lease) {
		if (this.connection != null && !this.open.containsKey(lease)) {
			this.connection.accept(lease);
		}
	}

	/**
	 * Takes an answer.
	 * @return the removals that waited for it
	 */
	List<Removal> answered(long lease) {
		List<Removal> removals = this.open.remove(lease);
		return (removals != null) ? removals : List.of();
	}

}
