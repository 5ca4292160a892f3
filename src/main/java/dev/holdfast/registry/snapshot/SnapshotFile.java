package dev.holdfast.registry.snapshot;

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

import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.registry.snapshot.CoalescingWriter.Pace;
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

	private static final Pace PACE = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5));

	private final Path path;

	private final @Nullable Duration maxAge;

	private final Pace pace;

	private final InstantSource clock;

	private final CoalescingWriter<Snapshot> writer;

	/** What was written last; the writer's thread alone knows. */
	private @Nullable Snapshot onDisk;

	/** Whether the last write failed; the writer's thread alone knows. */
	private boolean failing;

	private volatile SnapshotFileState state;

	/**
	 * Creates what reads and writes a file; touches nothing yet.
	 * @param path the file; missing folders above it are created by the first write
	 * @param maxAge the age from which a saved snapshot is not loaded, {@code null} to
	 * load any
	 */
	public SnapshotFile(Path path, @Nullable Duration maxAge) {
		this(path, maxAge, PACE, InstantSource.system());
	}

	SnapshotFile(Path path, @Nullable Duration maxAge, Pace pace, InstantSource clock) {
		this.path = path.toAbsolutePath();
		this.maxAge = maxAge;
		this.pace = pace;
		this.clock = clock;
		this.writer = new CoalescingWriter<>("snapshot-file", this::write, pace, System::nanoTime);
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
		this.writer.offer(snapshot);
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
		try {
			if (!this.writer.close(CLOSE_TIMEOUT)) {
				logger.warn("Gave up waiting for the snapshot to be written to {}", this.path);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean write(Snapshot snapshot, Runnable rest) {
		if (!this.failing && snapshot.equals(this.onDisk) && !isDueForRefresh()) {
			return true;
		}
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Path temporary = this.path.resolveSibling(this.path.getFileName() + ".tmp");
		try {
			Files.createDirectories(temporary.getParent());
			SnapshotCodec.write(snapshot, now, temporary, rest);
			Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE);
			this.onDisk = snapshot;
			this.state = state(now, snapshot.revision().number(), "");
			logTransition("");
			return true;
		}
		catch (IOException ex) {
			discard(temporary, ex);
			this.state = state(this.state.savedAt(), this.state.revision(), reason(ex));
			logTransition(reason(ex));
			return false;
		}
	}

	private boolean isDueForRefresh() {
		Instant savedAt = this.state.savedAt();
		Duration refresh = (this.maxAge != null && this.maxAge.dividedBy(2).compareTo(REFRESH) < 0)
				? this.maxAge.dividedBy(2) : REFRESH;
		return savedAt == null || Duration.between(savedAt, this.clock.instant()).abs().compareTo(refresh) >= 0;
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

	private void logTransition(String error) {
		boolean wasFailing = this.failing;
		this.failing = !error.isEmpty();
		if (this.failing && !wasFailing) {
			logger.warn("Cannot save the snapshot to {}: {}; routing goes on, and the write is tried again every {} s",
					this.path, error, this.pace.retry().toSeconds());
		}
		else if (wasFailing && !this.failing) {
			logger.info("The snapshot is saved to {} again", this.path);
		}
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

}
