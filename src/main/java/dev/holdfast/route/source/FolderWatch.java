package dev.holdfast.route.source;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a folder again and again, at once when the system tells of a change there. It
 * does not tell of all of them: not of those on network folders, nor behind symbolic
 * links.
 */
final class FolderWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(FolderWatch.class);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

	private final FolderRoutes routes;

	private final Duration interval;

	private @Nullable WatchService events;

	private @Nullable WatchKey key;

	private volatile boolean stopped;

	private volatile @Nullable Thread thread;

	/**
	 * Creates it.
	 * @param interval the time between two looks
	 */
	FolderWatch(FolderRoutes routes, Duration interval) {
		this.routes = routes;
		this.interval = interval;
	}

	/**
	 * Looks for the first time, and begins to look again and again.
	 */
	void start() {
		tryToLook();
		this.thread = Thread.ofPlatform().daemon().name("route-folder").start(this::run);
	}

	private void run() {
		try (WatchService service = open()) {
			this.events = service;
			Duration wait = Duration.ZERO;
			while (!this.stopped) {
				await(wait);
				if (!this.stopped) {
					wait = tryToLook();
				}
			}
		}
		catch (InterruptedException | ClosedWatchServiceException ex) {
			// It is to end.
		}
		catch (IOException ex) {
			logger.debug("The events of {} were not closed", this.routes.folder(), ex);
		}
	}

	/** The system may have no more of them to give. */
	private @Nullable WatchService open() {
		try {
			return FileSystems.getDefault().newWatchService();
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.warn("The system does not tell of changes in {}: {}; it is looked at every {} ms",
					this.routes.folder(), ex, this.interval.toMillis());
			return null;
		}
	}

	private Duration tryToLook() {
		try {
			Duration next = this.routes.look();
			return (next != null && next.compareTo(this.interval) < 0) ? next : this.interval;
		}
		// The loop must outlive any defect in what it calls.
		catch (RuntimeException | Error ex) {
			logger.error("The folder {} could not be looked at; it is tried again", this.routes.folder(), ex);
			return this.interval;
		}
	}

	private void await(Duration wait) throws InterruptedException {
		WatchService service = this.events;
		if (service == null) {
			TimeUnit.NANOSECONDS.sleep(wait.toNanos());
			return;
		}
		register(service, this.routes.folder());
		WatchKey told = service.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
		if (told != null) {
			told.pollEvents();
			told.reset();
		}
	}

	/** A folder that was made anew is another one. */
	private void register(WatchService service, Path folder) {
		WatchKey registered = this.key;
		if (registered != null && registered.isValid()) {
			return;
		}
		try {
			this.key = folder.register(service, StandardWatchEventKinds.ENTRY_CREATE,
					StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY);
		}
		catch (IOException ex) {
			logger.debug("The system does not tell of changes in {}", folder, ex);
		}
	}

	@Override
	public void close() {
		this.stopped = true;
		Thread running = this.thread;
		try {
			if (running != null) {
				running.interrupt();
				running.join(STOP_TIMEOUT);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
