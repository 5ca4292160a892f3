package dev.holdfast.override;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the overrides on disk, so that they outlive a restart. Whatever happens to the
 * file is told by {@link #state()} and the log, never thrown.
 */
public final class OverridesFile implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(OverridesFile.class);

	/**
	 * A disk that hangs must not keep an operator waiting, nor the process from ending.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final Path path;

	private final InstantSource clock;

	private final ExecutorService writer = Executors
		.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("overrides-file").factory());

	/** What was written last; the writer's thread alone knows. */
	private @Nullable List<OperatorOverride> onDisk;

	/** The write that has not begun; it writes what is in force when it does. */
	private @Nullable CompletableFuture<Void> waiting;

	/** Whether somebody has waited for a write in vain that goes on. */
	private volatile boolean hanging;

	private volatile Runnable failureListener = () -> {
	};

	private volatile boolean failing;

	private volatile OverridesFileState state;

	/**
	 * Creates the keeper of a file; touches nothing yet.
	 * @param path the file; missing folders above it are created by the first write
	 * @param clock the time that is written into it
	 */
	public OverridesFile(Path path, InstantSource clock) {
		this.path = path.toAbsolutePath();
		this.clock = clock;
		this.state = new OverridesFileState(this.path.toString(), null, "");
	}

	/**
	 * Reads the file. One that is damaged or of another schema is ignored with a warning.
	 * @return the overrides, also such as have ended since
	 */
	List<OperatorOverride> load() {
		try {
			OverridesFileLayout.Saved saved = OverridesFileLayout.read(Files.readAllBytes(this.path));
			this.state = new OverridesFileState(this.path.toString(), saved.savedAt(), "");
			saved.unreadable().forEach((reason) -> logger.warn("Ignored an override in {}: {}", this.path, reason));
			return saved.overrides();
		}
		catch (NoSuchFileException ex) {
			logger.debug("There are no overrides at {} yet", this.path);
		}
		catch (IOException ex) {
			logger.warn("Ignored the overrides at {}: {}; none of this gateway's own is in force", this.path,
					reason(ex));
			this.state = new OverridesFileState(this.path.toString(), null, reason(ex));
		}
		return List.of();
	}

	/**
	 * Has a listener hear when what was to be written is not on disk.
	 * @param listener called on any thread; must neither block nor throw
	 */
	void onFailure(Runnable listener) {
		this.failureListener = listener;
	}

	/**
	 * Has the overrides written, and waits for it for a moment; while a disk hangs, the
	 * first one waits for all.
	 * @param newest gives them when it is time to write
	 */
	void save(Supplier<List<OperatorOverride>> newest) {
		try {
			CompletableFuture<Void> written = request(newest);
			if (!this.hanging) {
				written.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			}
		}
		catch (RejectedExecutionException ex) {
			logger.debug("What changes while the gateway stops is not kept");
		}
		catch (TimeoutException ex) {
			this.hanging = true;
			become("no answer from the disk within %d s".formatted(PATIENCE.toSeconds()), this.state.savedAt());
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("the overrides could not be written", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Has the overrides written, and returns at once.
	 * @param newest gives them when it is time to write
	 */
	void offer(Supplier<List<OperatorOverride>> newest) {
		try {
			request(newest).exceptionally((failure) -> {
				logger.error("The overrides could not be written", failure);
				return null;
			});
		}
		catch (RejectedExecutionException ex) {
			logger.debug("What changes while the gateway stops is not kept");
		}
	}

	/** One that waits already will write the same. */
	private synchronized CompletableFuture<Void> request(Supplier<List<OperatorOverride>> newest) {
		CompletableFuture<Void> known = this.waiting;
		if (known != null) {
			return known;
		}
		CompletableFuture<Void> added = new CompletableFuture<>();
		this.writer.execute(() -> write(newest, added));
		this.waiting = added;
		return added;
	}

	private void write(Supplier<List<OperatorOverride>> newest, CompletableFuture<Void> written) {
		synchronized (this) {
			this.waiting = null;
		}
		try {
			write(newest.get());
			written.complete(null);
		}
		catch (RuntimeException ex) {
			written.completeExceptionally(ex);
		}
		finally {
			this.hanging = false;
		}
	}

	/**
	 * Whether what was to be written last is not on disk.
	 */
	boolean isFailing() {
		return this.failing;
	}

	/**
	 * Return what is known of the file.
	 * @return its state
	 */
	public OverridesFileState state() {
		return this.state;
	}

	/**
	 * Writes what is still to be written, and ends.
	 */
	@Override
	public void close() {
		this.writer.shutdown();
		try {
			if (!this.writer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.warn("Gave up waiting for the overrides to be written to {}", this.path);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void write(List<OperatorOverride> overrides) {
		if (!this.failing && overrides.equals(this.onDisk)) {
			return;
		}
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Path temporary = this.path.resolveSibling(this.path.getFileName() + ".tmp");
		try {
			Files.createDirectories(temporary.getParent());
			write(OverridesFileLayout.bytes(overrides, now), temporary);
			Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE);
			this.onDisk = overrides;
			become("", now);
		}
		catch (IOException ex) {
			discard(temporary, ex);
			become(reason(ex), this.state.savedAt());
		}
	}

	private static void write(byte[] content, Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING)) {
			ByteBuffer rest = ByteBuffer.wrap(content);
			while (rest.hasRemaining()) {
				channel.write(rest);
			}
			channel.force(true);
		}
	}

	// Half a file must not take the space that the disk lacks.
	private static void discard(Path temporary, IOException cause) {
		try {
			Files.deleteIfExists(temporary);
		}
		catch (IOException ex) {
			cause.addSuppressed(ex);
		}
	}

	private synchronized void become(String error, @Nullable Instant savedAt) {
		boolean wasFailing = this.failing;
		this.failing = !error.isEmpty();
		this.state = new OverridesFileState(this.path.toString(), savedAt, error);
		if (this.failing && !wasFailing) {
			logger.warn("Cannot save the overrides to {}: {}; they are in force, but would not outlive a restart; "
					+ "the write is tried again", this.path, error);
			this.failureListener.run();
		}
		else if (wasFailing && !this.failing) {
			logger.info("The overrides are saved to {} again", this.path);
		}
	}

	// The JDK's file system exceptions often have the bare path for a message.
	private static String reason(IOException ex) {
		String message = String.valueOf(ex.getMessage());
		return ex.getClass() == IOException.class ? message : ex.getClass().getSimpleName() + ": " + message;
	}

}
