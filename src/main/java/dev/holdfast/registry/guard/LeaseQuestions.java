package dev.holdfast.registry.guard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The removals that wait for the registry to say whether their lease is alive.
 */
final class LeaseQuestions {

	/** When a hundred thousand leases end at once, their questions wait in line. */
	private static final int MAX_ASKED = 64;

	private final Map<Long, Question> open = new HashMap<>();

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
		List<Removal> unanswered = this.open.values().stream().flatMap(Question::all).toList();
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
		long lease = removal.lease();
		Question known = this.open.get(lease);
		if (known != null) {
			(this.asked.contains(lease) ? known.late() : known.removals()).add(removal);
			return true;
		}
		return ask(lease, List.of(removal));
	}

	/**
	 * Asks for a lease for the sake of the time that it is granted.
	 */
	void sample(long lease) {
		if (!this.open.containsKey(lease)) {
			ask(lease, List.of());
		}
	}

	private boolean ask(long lease, List<Removal> removals) {
		if (this.connection == null) {
			return false;
		}
		this.open.put(lease, new Question(new ArrayList<>(removals), new ArrayList<>()));
		this.waiting.add(lease);
		askNext(this.connection);
		return true;
	}

	private void askNext(LongConsumer connection) {
		while (this.asked.size() < MAX_ASKED && !this.waiting.isEmpty()) {
			long lease = this.waiting.remove();
			this.asked.add(lease);
			connection.accept(lease);
		}
	}

	/**
	 * Takes an answer. One that says that the lease is alive was perhaps given before the
	 * latest removals and tells nothing of them, so it is asked for again.
	 * @return the removals that the answer tells of
	 */
	List<Removal> answered(long lease, boolean alive) {
		if (this.connection == null || !this.asked.remove(lease)) {
			return List.of();
		}
		Question answered = this.open.remove(lease);
		if (answered != null && alive && !answered.late().isEmpty()) {
			ask(lease, answered.late());
		}
		askNext(this.connection);
		if (answered == null) {
			return List.of();
		}
		return alive ? answered.removals() : answered.all().toList();
	}

	/**
	 * A question that waits or is under way.
	 *
	 * @param removals the removals that were known when it was asked
	 * @param late those that came after it
	 */
	private record Question(List<Removal> removals, List<Removal> late) {

		Stream<Removal> all() {
			return Stream.concat(this.removals.stream(), this.late.stream());
		}

	}

}
