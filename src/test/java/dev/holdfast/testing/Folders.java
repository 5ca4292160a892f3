package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders that tests make and delete.
 */
public final class Folders {

	// An etcd allocates two write-ahead segments of 64 MiB each, several clusters may do
	// so
	// at the same time, and containers often have no more than 64 MiB of shared memory.
	private static final long ROOM = 2L << 30;

	private Folders() {
	}

	/**
	 * Creates a folder, in memory where there is room, so that nothing waits for a disk.
	 * @param prefix the beginning of its name
	 * @return the folder
	 * @throws IOException if it cannot be created
	 */
	public static Path create(String prefix) throws IOException {
		Path memory = Path.of("/dev/shm");
		if (Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > ROOM) {
			return Files.createTempDirectory(memory, prefix);
		}
		return Files.createTempDirectory(prefix);
	}

	/**
	 * Creates a folder that is deleted when it is closed.
	 * @param prefix the beginning of its name
	 * @return the folder
	 */
	public static Temporary temporary(String prefix) {
		try {
			return new Temporary(create(prefix));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Deletes a folder and all in it, if it exists.
	 * @param folder the folder
	 * @throws IOException if something in it cannot be deleted
	 */
	public static void delete(Path folder) throws IOException {
		if (!Files.exists(folder)) {
			return;
		}
		List<Path> entries;
		try (Stream<Path> walk = Files.walk(folder)) {
			entries = walk.sorted(Comparator.reverseOrder()).toList();
		}
		for (Path entry : entries) {
			Files.deleteIfExists(entry);
		}
	}

	/**
	 * A folder that lives as long as somebody needs it.
	 *
	 * @param path where it is
	 */
	public record Temporary(Path path) implements AutoCloseable {

		@Override
		public void close() {
			try {
				delete(this.path);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
