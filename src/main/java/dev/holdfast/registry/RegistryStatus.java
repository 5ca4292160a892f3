package dev.holdfast.registry;

import java.time.Instant;
import java.util.Optional;

import dev.holdfast.service.Revision;

/**
 * How far the published snapshot can be trusted.
 */
public sealed interface RegistryStatus {

	/**
	 * Gives the state's name in the operators' API and in meters.
	 * @return {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
	 */
	default String name() {
		return switch (this) {
			case Live live -> "LIVE";
			case Stale stale -> "STALE";
			case FromDisk fromDisk -> "FROM_DISK";
			case Empty empty -> "EMPTY";
		};
	}

	/**
	 * Tells whether there has ever been a snapshot to route by.
	 * @return {@code false} while {@link Empty}
	 */
	default boolean hasSnapshot() {
		return !(this instanceof Empty);
	}

	/**
	 * Says why the registry is not live.
	 * @return the cause, empty while live
	 */
	default String cause() {
		return switch (this) {
			case Live live -> "";
			case Stale(Instant since, String cause) -> cause;
			case FromDisk(Instant savedAt, String cause) -> cause;
			case Empty(String cause) -> cause;
		};
	}

	/**
	 * Tells at which moment the snapshot was last known to be what is registered.
	 * @return the moment from which the age of the data counts, empty while there is no
	 * data
	 */
	default Optional<Instant> asOf() {
		return switch (this) {
			case Live(Revision revision, Instant provenAt) -> Optional.of(provenAt);
			case Stale(Instant since, String cause) -> Optional.of(since);
			case FromDisk(Instant savedAt, String cause) -> Optional.of(savedAt);
			case Empty empty -> Optional.empty();
		};
	}

	/**
	 * The registry answers and every change reaches the gateway.
	 *
	 * @param revision the newest revision known to have been delivered
	 * @param provenAt when delivery was last proven
	 */
	record Live(Revision revision, Instant provenAt) implements RegistryStatus {
	}

	/**
	 * The registry cannot be asked; the snapshot is what it said last.
	 *
	 * @param since when delivery was last proven or, where it never was, everything was
	 * last listed
	 * @param cause what went wrong
	 */
	record Stale(Instant since, String cause) implements RegistryStatus {
	}

	/**
	 * The registry has not answered since the process started; the snapshot was saved by
	 * an earlier one.
	 *
	 * @param savedAt when it was saved
	 * @param cause why the registry has not answered
	 */
	record FromDisk(Instant savedAt, String cause) implements RegistryStatus {
	}

	/**
	 * There has never been a snapshot.
	 *
	 * @param cause why not
	 */
	record Empty(String cause) implements RegistryStatus {
	}

}
