package dev.holdfast.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest snapshot on disk, so that a gateway that starts while the registry is
 * away can serve the last known endpoints. Writing happens on a thread of its own, and
 * whatever happens to the file is told by {@link #state()} and the log, never thrown.
 */
public final class SnapshotFile implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotFile.class);

	// A snapshot that does not change is written again this often, because savedAt tells
	// how old the knowledge is, and not when it last changed.
	private static final Duration REFRESH = Duration.ofMinutes(5);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

	// A write that took a second is not followed by another for nine, so that a large
	// registry in motion takes at most a tenth of a processor.
	private static final int REST_FACTOR = 9;

	private final Path path;

	private final @Nullable Duration maxAge;

	private final Pace pace;

	private final InstantSource clock;

	/** Guards pending, closed and writer; held for assignments only. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable Snapshot pending;

	private @Nullable Thread writer;

	private boolean closed;

	private volatile SnapshotFileState state;

	/**
	 * Creates the keeper of a file; touches nothing yet.
	 * @param path the file; missing folders above it are created by the first write
	 * @param maxAge the age from which a saved snapshot is not loaded, {@code null} to
	 * load any
	 */
	public SnapshotFile(Path path, @Nullable Duration maxAge) {
		this(path, maxAge, Pace.DEFAULT, InstantSource.system());
	}

	SnapshotFile(Path path, @Nullable Duration maxAge, Pace pace, InstantSource clock) {
		this.path = path.toAbsolutePath();
		this.maxAge = maxAge;
		this.pace = pace;
		this.clock = clock;
		this.state = new SnapshotFileState(this.path.toString(), null, 0, "");
	}

	/**
	 * Reads the file. One that is damaged, too old or of another schema is ignored with a
	 * warning.
	 * @return the snapshot, all of its instances with origin {@code DISK}, or empty when
	 * there is none to use
	 */
	public Optional<Saved> load() {
		try {
			Saved saved = SnapshotCodec.read(this.path);
			Duration age = Duration.between(saved.savedAt(), this.clock.instant());
			if (this.maxAge != null && age.compareTo(this.maxAge) > 0) {
				return ignore(
						"it is %d s old (expected: at most %d s)".formatted(age.toSeconds(), this.maxAge.toSeconds()));
			}
			this.state = state(saved.savedAt(), saved.snapshot().revision().number(), "");
			return Optional.of(saved);
		}
		catch (NoSuchFileException ex) {
			logger.info("There is no snapshot at {} yet", this.path);
			return Optional.empty();
		}
		catch (IOException ex) {
			return ignore(reason(ex));
		}
	}

	private Optional<Saved> ignore(String reason) {
		logger.warn("Ignored the snapshot at {}: {}; endpoints are known as soon as the registry answers", this.path,
				reason);
		this.state = state(this.state.savedAt(), this.state.revision(), reason);
		return Optional.empty();
	}

	/**
	 * Has a snapshot written, unless a newer one follows before its turn. Returns at
	 * once. To keep {@code savedAt} true while nothing changes, call it with the same
	 * snapshot whenever the registry has proven that it is still the newest. After
	 * {@link #close} it does nothing.
	 * @param snapshot the newest snapshot
	 */
	public void save(Snapshot snapshot) {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.pending = snapshot;
			// An error may have ended it; the next snapshot then starts another.
			if (this.writer == null || !this.writer.isAlive()) {
				this.writer = Thread.ofPlatform().daemon().name("snapshot-file").start(this::writeUntilClosed);
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Tells what is known of the file.
	 * @return its state
	 */
	public SnapshotFileState state() {
		return this.state;
	}

	/**
	 * Writes what is still to be written, and ends. Waits for at most ten seconds, since
	 * a disk that hangs must not keep the process from ending.
	 */
	@Override
	public void close() {
		Thread ending;
		this.lock.lock();
		try {
			this.closed = true;
			ending = this.writer;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		try {
			if (ending != null && !ending.join(CLOSE_TIMEOUT)) {
				logger.warn("Gave up waiting for the snapshot to be written to {}", this.path);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void writeUntilClosed() {
		Snapshot onDisk = null;
		boolean failing = false;
		long notBefore = System.nanoTime();
		for (Snapshot next = take(notBefore); next != null; next = take(notBefore)) {
			if (next.equals(onDisk) && !isDueForRefresh()) {
				continue;
			}
			long start = System.nanoTime();
			String error = write(next);
			if (error.isEmpty()) {
				onDisk = next;
				long rest = (System.nanoTime() - start) * REST_FACTOR;
				notBefore = System.nanoTime() + Math.max(this.pace.interval().toNanos(), rest);
			}
			else {
				putBack(next);
				notBefore = System.nanoTime() + this.pace.retry().toNanos();
			}
			failing = logTransition(failing, error);
		}
	}

	/**
	 * Waits for the next snapshot and for its time.
	 * @param notBefore its time by {@link System#nanoTime()}, void once closed
	 * @return the newest snapshot, or {@code null} when closed and nothing is left
	 */
	private @Nullable Snapshot take(long notBefore) {
		this.lock.lock();
		try {
			while (!this.closed && this.pending == null) {
				this.changed.awaitUninterruptibly();
			}
			long wait = notBefore - System.nanoTime();
			while (!this.closed && wait > 0) {
				wait = this.changed.awaitNanos(wait);
			}
			Snapshot next = this.pending;
			this.pending = null;
			return next;
		}
		catch (InterruptedException ex) {
			// Nobody interrupts this thread but a debugger: end as if closed.
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void putBack(Snapshot failed) {
		this.lock.lock();
		try {
			if (!this.closed && this.pending == null) {
				this.pending = failed;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isDueForRefresh() {
		Instant savedAt = this.state.savedAt();
		Duration refresh = (this.maxAge != null && this.maxAge.dividedBy(2).compareTo(REFRESH) < 0)
				? this.maxAge.dividedBy(2) : REFRESH;
		return savedAt == null || Duration.between(savedAt, this.clock.instant()).abs().compareTo(refresh) >= 0;
	}

	private String write(Snapshot snapshot) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Path temporary = this.path.resolveSibling(this.path.getFileName() + ".tmp");
		try {
			Files.createDirectories(temporary.getParent());
			SnapshotCodec.write(snapshot, now, temporary);
			Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE);
			this.state = state(now, snapshot.revision().number(), "");
			return "";
		}
		catch (IOException ex) {
			discard(temporary, ex);
			String error = reason(ex);
			this.state = state(this.state.savedAt(), this.state.revision(), error);
			return error;
		}
	}

	// Half a snapshot must not take the space that the disk lacks.
	private static void discard(Path temporary, IOException cause) {
		try {
			Files.deleteIfExists(temporary);
		}
		catch (IOException ex) {
			cause.addSuppressed(ex);
		}
	}

	private boolean logTransition(boolean wasFailing, String error) {
		boolean failing = !error.isEmpty();
		if (failing && !wasFailing) {
			logger.warn("Cannot save the snapshot to {}: {}; routing goes on, and the write is tried again every {} s",
					this.path, error, this.pace.retry().toSeconds());
		}
		else if (wasFailing && !failing) {
			logger.info("The snapshot is saved to {} again", this.path);
		}
		return failing;
	}

	private SnapshotFileState state(@Nullable Instant savedAt, long revision, String lastError) {
		return new SnapshotFileState(this.path.toString(), savedAt, revision, lastError);
	}

	// The JDK's file system exceptions often have the bare path for a message.
	private static String reason(IOException ex) {
		String message = String.valueOf(ex.getMessage());
		return ex.getClass() == IOException.class ? message : ex.getClass().getSimpleName() + ": " + message;
	}

	/**
	 * A snapshot that was found on disk.
	 *
	 * @param snapshot the snapshot
	 * @param savedAt when it was written
	 */
	public record Saved(Snapshot snapshot, Instant savedAt) {
	}

	/**
	 * How often the file is written.
	 *
	 * @param interval the least time between two writes
	 * @param retry the time after which a failed write is tried again
	 */
	record Pace(Duration interval, Duration retry) {

		static final Pace DEFAULT = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5));

	}

}
