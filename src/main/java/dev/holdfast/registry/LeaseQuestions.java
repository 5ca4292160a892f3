package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The removals that wait for the registry to say whether their lease is alive.
 */
final class LeaseQuestions {

	/** When a hundred thousand leases end at once, the answer is known. */
	private static final int MAX_OPEN = 256;

	private final Map<Long, Question> open = new HashMap<>();

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
		return unanswered;
	}

	/**
	 * Asks for a removal's lease.
	 * @return whether an answer will come
	 */
	boolean ask(Removal removal) {
		Question asked = this.open.get(removal.lease());
		if (asked != null) {
			asked.late().add(removal);
			return true;
		}
		if (this.open.size() >= MAX_OPEN) {
			return false;
		}
		return ask(removal.lease(), List.of(removal));
	}

	private boolean ask(long lease, List<Removal> removals) {
		if (this.connection == null) {
			return false;
		}
		this.open.put(lease, new Question(removals, new ArrayList<>()));
		this.connection.accept(lease);
		return true;
	}

	/**
	 * Asks for a lease for the sake of the time that it is granted.
	 */
	void sample(long lease) {
		if (!this.open.containsKey(lease)) {
			ask(lease, List.of());
		}
	}

	/**
	 * Takes an answer. One that says that the lease is alive was perhaps given before the
	 * latest removals and tells nothing of them, so it is asked for again.
	 * @return the removals that the answer tells of
	 */
	List<Removal> answered(long lease, boolean alive) {
		Question answered = this.open.remove(lease);
		if (answered == null) {
			return List.of();
		}
		if (!alive) {
			return answered.all().toList();
		}
		if (!answered.late().isEmpty()) {
			ask(lease, answered.late());
		}
		return answered.removals();
	}

	/**
	 * A question that is under way.
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
