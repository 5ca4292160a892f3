package dev.holdfast.route.source;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.route.source.SourceStatus.State;
import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of routes in a folder, such as a mounted ConfigMap. A file counts as it
 * is when it has been so for a moment, since writers truncate, write in parts, delete and
 * rename. What cannot be read stays as it was, and so do all files for a while that are
 * gone at once, as from a folder that is not mounted. Belongs to the thread that looks.
 */
final class FolderRoutes {

	private static final Logger logger = LoggerFactory.getLogger(FolderRoutes.class);

	/** How long a file must have been as it is. */
	static final Duration SETTLING = Duration.ofMillis(500);

	private final Path folder;

	private final RouteCatalog documents;

	private final RemovalGuardSettings guard;

	private final Runnable save;

	private final Clock clock;

	private final LongSupplier nanoTime;

	private final FolderFiles files;

	/** Since when what was applied is missing. */
	private final Map<String, Long> missing = new HashMap<>();

	private final Map<String, Content> applied = new HashMap<>();

	/**
	 * For how long files stay of which none is there any more, {@code null} when none do.
	 */
	private @Nullable Duration left;

	private long lookedAt;

	private boolean tried;

	private boolean looked;

	private volatile SourceStatus status;

	FolderRoutes(Path folder, RouteCatalog documents, RemovalGuardSettings guard, Runnable save, Clock clock,
			LongSupplier nanoTime) {
		this.folder = folder;
		this.documents = documents;
		this.guard = guard;
		this.save = save;
		this.clock = clock;
		this.nanoTime = nanoTime;
		this.lookedAt = nanoTime.getAsLong();
		this.files = new FolderFiles(folder, clock, this.lookedAt);
		this.status = new SourceStatus(Source.FOLDER, folder.toString(), State.EMPTY, clock.instant(),
				"it has not been read yet");
	}

	Path folder() {
		return this.folder;
	}

	/**
	 * Whether a path is that of a file of the folder. What was saved under another
	 * encoding of names may be no path here.
	 */
	boolean isInFolder(String path) {
		String any = this.folder.resolve("a").toString();
		String start = any.substring(0, any.length() - 1);
		return path.startsWith(start) && path.indexOf(this.folder.getFileSystem().getSeparator(), start.length()) < 0;
	}

	/**
	 * Return how it stands; safe on any thread.
	 */
	SourceStatus status() {
		return this.status;
	}

	/**
	 * Looks whether something has changed, and applies what has settled. The first look
	 * applies everything, if it can.
	 * @return when to look again at the latest, {@code null} when nothing is in motion
	 */
	@Nullable Duration look() {
		long now = this.nanoTime.getAsLong();
		Duration since = Duration.ofNanos(now - this.lookedAt);
		this.lookedAt = now;
		boolean first = !this.tried;
		this.tried = true;
		FolderFiles.Look found;
		try {
			found = this.files.look(now);
		}
		catch (IOException ex) {
			State unread = this.documents.of(Source.FOLDER).isEmpty() ? State.EMPTY : State.FROM_DISK;
			become(this.looked ? State.STALE : unread, FolderFiles.reason(ex));
			return null;
		}
		List<DocumentChange> changes = new ArrayList<>();
		boolean inMotion = written(found.files(), now, first, changes);
		inMotion |= removed(found, now, first, since, changes);
		if (!changes.isEmpty()) {
			this.documents.apply(Source.FOLDER, changes);
			changes.forEach(this::note);
			this.save.run();
		}
		this.looked = true;
		become(State.LIVE, "");
		return inMotion ? SETTLING : null;
	}

	/** What could not be applied is tried again. */
	private void note(DocumentChange change) {
		switch (change) {
			case DocumentChange.Written written -> this.applied.put(written.place(), written.content());
			case DocumentChange.Removed removed -> this.applied.remove(removed.place());
			// It counts anew when it is there again.
			case DocumentChange.Held held -> this.applied.remove(held.place());
		}
	}

	private boolean written(Map<String, FolderFiles.Seen> found, long now, boolean first,
			List<DocumentChange> changes) {
		boolean inMotion = false;
		for (Map.Entry<String, FolderFiles.Seen> entry : found.entrySet()) {
			String path = entry.getKey();
			FolderFiles.Seen file = entry.getValue();
			if (file.content().equals(this.applied.get(path))) {
				continue;
			}
			if (first || now - file.since() >= SETTLING.toNanos()) {
				changes.add(new DocumentChange.Written(path, file.content(), 0, 0));
			}
			else {
				inMotion = true;
			}
		}
		return inMotion;
	}

	private boolean removed(FolderFiles.Look found, long now, boolean first, Duration since,
			List<DocumentChange> changes) {
		Map<String, DocumentEntry> gone = this.documents.of(Source.FOLDER);
		gone.keySet().removeAll(found.files().keySet());
		this.missing.keySet().retainAll(gone.keySet());
		if (this.left != null && !found.files().isEmpty()) {
			// It may be filled file by file.
			this.left = null;
			this.missing.clear();
		}
		gone.keySet().forEach((path) -> this.missing.putIfAbsent(path, now));
		List<String> settled = gone.keySet()
			.stream()
			.filter((path) -> first || now - this.missing.getOrDefault(path, now) >= SETTLING.toNanos())
			.toList();
		if (!settled.isEmpty() && isToHold(found, gone)) {
			hold(gone, since, changes);
		}
		else {
			settled.forEach((path) -> changes.add(new DocumentChange.Removed(path)));
		}
		return settled.size() < gone.size();
	}

	/** The one file of a folder that is the same as before was deleted. */
	private boolean isToHold(FolderFiles.Look found, Map<String, DocumentEntry> gone) {
		return this.guard.enabled() && found.files().isEmpty() && (this.left != null || gone.size() > 1
				|| !found.sameFolder() || gone.values().stream().anyMatch((entry) -> entry.hold() != null));
	}

	private void hold(Map<String, DocumentEntry> gone, Duration since, List<DocumentChange> changes) {
		boolean begins = this.left == null;
		Duration rest = (this.left != null) ? this.left.minus(since) : begin(gone);
		this.left = rest.isPositive() ? rest : null;
		if (!rest.isPositive()) {
			logger.warn("The routes of all {} files of {}, which are gone, have stayed for {} s and are taken out",
					gone.size(), this.folder, this.guard.holdFor().toSeconds());
			gone.keySet().forEach((path) -> changes.add(new DocumentChange.Removed(path)));
		}
		else if (begins) {
			DocumentHold hold = new DocumentHold(
					"the folder has no files any more; they stay for %d s in which it can be read, or until it has one"
						.formatted(rest.toSeconds()),
					this.clock.instant(), rest);
			gone.forEach((path, entry) -> {
				if (entry.hold() == null) {
					changes.add(new DocumentChange.Held(path, hold));
				}
			});
		}
		else {
			this.documents.timeLeft(Source.FOLDER,
					gone.keySet().stream().collect(Collectors.toMap((path) -> path, (path) -> rest)));
		}
	}

	/** An earlier process may have begun. */
	private Duration begin(Map<String, DocumentEntry> gone) {
		return gone.values()
			.stream()
			.map(DocumentEntry::hold)
			.filter(Objects::nonNull)
			.map(DocumentHold::left)
			.max(Comparator.naturalOrder())
			.orElse(this.guard.holdFor());
	}

	private void become(State state, String cause) {
		SourceStatus before = this.status;
		this.status = before.become(state, cause, this.clock.instant());
		if (before.state() == state && before.cause().equals(cause)) {
			return;
		}
		if (state == State.LIVE) {
			logger.info("Routes are read from the folder {}; {} files", this.folder, this.applied.size());
		}
		else {
			logger.warn("The folder {} cannot be read for routes: {}; {}", this.folder, PrintableText.of(cause),
					switch (state) {
						case STALE -> "those of its files stay in force";
						case FROM_DISK -> "those that were saved are in force";
						default -> "it is tried again";
					});
		}
	}

}
