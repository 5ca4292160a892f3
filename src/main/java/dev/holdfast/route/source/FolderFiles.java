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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The files of a folder as they are at a look. Those that seem not to have changed are
 * not read again.
 */
final class FolderFiles {

	/**
	 * What was written so recently may be written again within the resolution of the
	 * file's time.
	 */
	private static final Duration RECENT = Duration.ofSeconds(3);

	/** How often contents are read although nothing tells that they differ. */
	private static final Duration REREAD = Duration.ofMinutes(1);

	private static final long MAX_BYTES = 4L * Content.MAX_LENGTH;

	private final Path folder;

	private final Clock clock;

	/** What the last look has found, by the paths of the files. */
	private Map<String, Seen> seen = Map.of();

	/** Whether there have ever been files. */
	private boolean filled;

	/** In which folder that was, as the system tells one from another. */
	private @Nullable Object key;

	private long rereadAt;

	FolderFiles(Path folder, Clock clock, long now) {
		this.folder = folder;
		this.clock = clock;
		this.rereadAt = now;
	}

	/**
	 * Looks at all of them.
	 * @param now the time, nanoseconds
	 * @return the files, by their paths
	 * @throws IOException if the folder cannot be read
	 */
	Look look(long now) throws IOException {
		boolean reread = now - this.rereadAt >= REREAD.toNanos();
		if (reread) {
			this.rereadAt = now;
		}
		Map<String, Seen> found = new TreeMap<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.folder, FolderFiles::isDocument)) {
			for (Path file : files) {
				Seen before = this.seen.get(file.toString());
				Seen read = read(file, before, reread, now);
				if (read != null) {
					found.put(file.toString(), read);
				}
			}
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		Object folderKey = Files.readAttributes(this.folder, BasicFileAttributes.class).fileKey();
		this.seen = found;
		if (!found.isEmpty()) {
			this.filled = true;
			this.key = folderKey;
		}
		return new Look(found, this.filled && Objects.equals(folderKey, this.key));
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
			if (before != null && stamp.equals(before.stamp()) && !reread && !isRecent(stamp)
					&& before.content() instanceof Content.Text) {
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
	static String reason(IOException ex) {
		return switch (ex) {
			case NoSuchFileException missing -> "there is no such file or folder: " + missing.getFile();
			case NotDirectoryException file -> "it is no folder: " + file.getFile();
			case AccessDeniedException denied -> "permission denied: " + denied.getFile();
			default -> ex.toString();
		};
	}

	/**
	 * What tells that a file has not changed.
	 */
	record Stamp(long size, FileTime modified, @Nullable Object key) {
	}

	/**
	 * A file at a look.
	 *
	 * @param stamp what tells that it has not changed, {@code null} when it could not be
	 * told
	 * @param content what it contained
	 * @param since since when it has contained that
	 */
	record Seen(@Nullable Stamp stamp, Content content, long since) {
	}

	/**
	 * What was found at a look.
	 *
	 * @param files the files, by their paths
	 * @param sameFolder whether it is the folder that had files before, and none that has
	 * taken its place
	 */
	record Look(Map<String, Seen> files, boolean sameFolder) {
	}

}
