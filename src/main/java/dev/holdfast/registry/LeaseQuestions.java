package dev.holdfast.registry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * The removals that wait for the registry to say whether their lease is alive.
 */
final class LeaseQuestions {

	/** When a hundred thousand leases end at once, their questions wait in line. */
	private static final int MAX_ASKED = 64;

	private final Map<Long, List<Removal>> open = new HashMap<>();

	private final Queue<Long> waiting = new ArrayDeque<>();

	private final Set<Long> asked = new HashSet<>();

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
		this.waiting.clear();
		this.asked.clear();
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
		if (this.connection == null) {
			return false;
		}
		this.open.put(removal.lease(), new ArrayList<>(List.of(removal)));
		this.waiting.add(removal.lease());
		askNext(this.connection);
		return true;
	}

	private void askNext(LongConsumer connection) {
		while (this.asked.size() < MAX_ASKED && !this.waiting.isEmpty()) {
			long lease = this.waiting.remove();
			if (this.open.containsKey(lease)) {
				this.asked.add(lease);
				connection.accept(lease);
			}
		}
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
		this.asked.remove(lease);
		if (this.connection != null) {
			askNext(this.connection);
		}
		return (removals != null) ? removals : List.of();
	}

}
