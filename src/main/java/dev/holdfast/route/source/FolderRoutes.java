package dev.holdfast.route.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.route.source.SourceStatus.State;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of routes in a folder, such as a mounted ConfigMap. A file counts as it
 * is when it has been so for a moment, since writers truncate, write in parts, delete and
 * rename. What cannot be read stays as it was. Belongs to the thread that looks.
 */
final class FolderRoutes {

	private static final Logger logger = LoggerFactory.getLogger(FolderRoutes.class);

	/** How long a file must have been as it is. */
	static final Duration SETTLING = Duration.ofMillis(500);

	/**
	 * What was written so recently may be written again within the resolution of the
	 * file's time.
	 */
	private static final Duration RECENT = Duration.ofSeconds(3);

	/** How often contents are read although nothing tells that they differ. */
	private static final Duration REREAD = Duration.ofMinutes(1);

	private static final long MAX_BYTES = 4L * Content.MAX_LENGTH;

	private final Path folder;

	private final RouteCatalog documents;

	private final Runnable save;

	private final Clock clock;

	private final LongSupplier nanoTime;

	/** What the last look has found, by the paths of the files. */
	private Map<String, Seen> seen = Map.of();

	/** Since when what was applied is missing. */
	private final Map<String, Long> missing = new HashMap<>();

	private final Map<String, Content> applied = new HashMap<>();

	private long rereadAt;

	private boolean looked;

	private volatile SourceStatus status;

	FolderRoutes(Path folder, RouteCatalog documents, Runnable save, Clock clock, LongSupplier nanoTime) {
		this.folder = folder;
		this.documents = documents;
		this.save = save;
		this.clock = clock;
		this.nanoTime = nanoTime;
		this.rereadAt = nanoTime.getAsLong();
		this.status = new SourceStatus(Source.FOLDER, folder.toString(), State.EMPTY, clock.instant(),
				"it has not been read yet");
	}

	Path folder() {
		return this.folder;
	}

	/**
	 * Return how it stands; safe on any thread.
	 */
	SourceStatus status() {
		return this.status;
	}

	/**
	 * Looks whether something has changed, and applies what has settled. The first look
	 * applies everything.
	 * @return when to look again at the latest, {@code null} when nothing is in motion
	 */
	@Nullable Duration look() {
		long now = this.nanoTime.getAsLong();
		Map<String, Seen> found;
		try {
			found = read(now);
		}
		catch (IOException ex) {
			become(this.looked ? State.STALE : State.EMPTY, reason(ex));
			return null;
		}
		catch (DirectoryIteratorException ex) {
			become(this.looked ? State.STALE : State.EMPTY, String.valueOf(ex.getMessage()));
			return null;
		}
		boolean first = !this.looked;
		this.looked = true;
		this.seen = found;
		List<DocumentChange> changes = new ArrayList<>();
		boolean inMotion = written(found, now, first, changes);
		inMotion |= removed(found, now, first, changes);
		if (!changes.isEmpty()) {
			this.documents.apply(Source.FOLDER, changes);
			this.save.run();
		}
		become(State.LIVE, "");
		return inMotion ? SETTLING : null;
	}

	private boolean written(Map<String, Seen> found, long now, boolean first, List<DocumentChange> changes) {
		boolean inMotion = false;
		for (Map.Entry<String, Seen> entry : found.entrySet()) {
			String path = entry.getKey();
			Seen file = entry.getValue();
			this.missing.remove(path);
			if (file.content().equals(this.applied.get(path))) {
				continue;
			}
			if (first || now - file.since() >= SETTLING.toNanos()) {
				this.applied.put(path, file.content());
				changes.add(new DocumentChange.Written(path, file.content(), 0, 0));
			}
			else {
				inMotion = true;
			}
		}
		return inMotion;
	}

	private boolean removed(Map<String, Seen> found, long now, boolean first, List<DocumentChange> changes) {
		boolean inMotion = false;
		List<String> known = first ? List.copyOf(this.documents.of(Source.FOLDER).keySet())
				: List.copyOf(this.applied.keySet());
		for (String path : known) {
			if (found.containsKey(path)) {
				continue;
			}
			if (first || now - this.missing.computeIfAbsent(path, (it) -> now) >= SETTLING.toNanos()) {
				this.applied.remove(path);
				this.missing.remove(path);
				changes.add(new DocumentChange.Removed(path));
			}
			else {
				inMotion = true;
			}
		}
		return inMotion;
	}

	private Map<String, Seen> read(long now) throws IOException {
		boolean reread = now - this.rereadAt >= REREAD.toNanos();
		if (reread) {
			this.rereadAt = now;
		}
		Map<String, Seen> found = new TreeMap<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.folder, FolderRoutes::isDocument)) {
			for (Path file : files) {
				Seen before = this.seen.get(file.toString());
				Seen read = read(file, before, reread, now);
				if (read != null) {
					found.put(file.toString(), read);
				}
			}
		}
		return found;
	}

	/** Editors and mounts keep other things beside the documents. */
	private static boolean isDocument(Path file) {
		String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
		return !name.startsWith(".") && !name.startsWith("#")
				&& (name.endsWith(".yml") || name.endsWith(".yaml") || name.endsWith(".json"));
	}

	/**
	 * Reads a file if it may have changed.
	 * @return what was found, {@code null} when it is no file
	 */
	private @Nullable Seen read(Path file, @Nullable Seen before, boolean reread, long now) {
		Stamp stamp = null;
		Content content;
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
			if (!attributes.isRegularFile()) {
				return null;
			}
			stamp = new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
			if (before != null && stamp.equals(before.stamp()) && !reread && !isRecent(stamp)) {
				return before;
			}
			content = content(file, stamp.size());
		}
		catch (NoSuchFileException ex) {
			// It went while it was looked at, or is a link to nothing.
			return null;
		}
		catch (IOException ex) {
			content = new Content.Unreadable(reason(ex));
		}
		return new Seen(stamp, content, (before != null && before.content().equals(content)) ? before.since() : now);
	}

	private boolean isRecent(Stamp stamp) {
		return Duration.between(stamp.modified().toInstant(), this.clock.instant()).abs().compareTo(RECENT) < 0;
	}

	private static Content content(Path file, long size) throws IOException {
		if (size > MAX_BYTES) {
			return new Content.Unreadable("it has %d bytes (expected: at most %d)".formatted(size, MAX_BYTES));
		}
		try {
			return new Content.Text(
					StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString());
		}
		catch (CharacterCodingException ex) {
			return new Content.Unreadable("it is no text in UTF-8");
		}
	}

	/** The JDK's file system exceptions often have the bare path for a message. */
	private static String reason(IOException ex) {
		return switch (ex) {
			case NoSuchFileException missing -> "there is no such file or folder: " + missing.getFile();
			case NotDirectoryException file -> "it is no folder: " + file.getFile();
			case AccessDeniedException denied -> "permission denied: " + denied.getFile();
			default -> ex.toString();
		};
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
			logger.warn("The folder {} cannot be read for routes: {}; {}", this.folder, cause,
					(state == State.STALE) ? "those of its files stay in force" : "it is tried again");
		}
	}

	/**
	 * What tells that a file has not changed.
	 */
	private record Stamp(long size, FileTime modified, @Nullable Object key) {
	}

	/**
	 * A file at a look.
	 *
	 * @param stamp what tells that it has not changed, {@code null} when it could not be
	 * told
	 * @param content what it contained
	 * @param since since when it has contained that
	 */
	private record Seen(@Nullable Stamp stamp, Content content, long since) {
	}

}
