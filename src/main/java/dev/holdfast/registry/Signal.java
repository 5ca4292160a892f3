package dev.holdfast.registry;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.holdfast.service.Revision;

/**
 * What a {@link RegistryConnection} has to say.
 */
public sealed interface Signal {

	/**
	 * The answer to {@link RegistryConnection#readHead()}.
	 *
	 * @param revision the registry's newest revision, agreed on by its cluster
	 */
	record Head(Revision revision) implements Signal {
	}

	/**
	 * The answer to {@link RegistryConnection#list()}.
	 *
	 * @param revision the revision at which all records were like this
	 * @param records every record
	 */
	record Listed(Revision revision, List<RegistryRecord> records) implements Signal {
	}

	/**
	 * Something arrived on a watch: changes, or the proof that there were none.
	 *
	 * @param watch the watch's number, from 0
	 * @param revision everything up to here has now been delivered on this watch
	 * @param events reads the changes, oldest first; evaluated once, on the reader's
	 * thread, so that the client's own thread only enqueues
	 * @param receivedNanos when it arrived, {@link System#nanoTime()}
	 */
	record Delivered(int watch, long revision, Supplier<List<RecordEvent>> events,
			long receivedNanos) implements Signal {
	}

	/**
	 * The answer to {@link RegistryConnection#readLease}.
	 *
	 * @param id the lease's id
	 * @param granted how long the lease lives without being kept alive, empty when it has
	 * ended, or when the registry does not tell
	 */
	record Lease(long id, Optional<Duration> granted) implements Signal {
	}

	/**
	 * A call failed or a watch ended. Nothing that the connection says later counts.
	 *
	 * @param cause what failed
	 * @param message what failed, where, and why
	 */
	record Failed(EndCause cause, String message) implements Signal {
	}

}
