package dev.holdfast.outage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * What a row of the matrix measured; kept as one line of JSON in a file of its own.
 *
 * @param name the row's name
 * @param states the states that the gateway told, in this order
 * @param cause the first cause that it told, empty when it told none
 * @param noticedAfterMillis how long after the fault it told another state than
 * {@code LIVE}, {@code null} when it did not
 * @param recoveredAfterMillis how long after the repair it was live and routed to what
 * was registered then, {@code null} when it was not
 * @param requests how many requests were sent meanwhile
 * @param failed how many of them did not end with a 2xx
 * @param failure what did not hold, empty when everything did
 */
record OutageResult(String name, List<String> states, String cause, @Nullable Long noticedAfterMillis,
		@Nullable Long recoveredAfterMillis, long requests, long failed, String failure) {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/**
	 * Keeps the result in place of an earlier one of the same row.
	 */
	void save() {
		try {
			Files.createDirectories(folder());
			Files.writeString(file(this.name), JSON.writeValueAsString(this) + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Finds the newest result of a row.
	 * @return the result, empty when the row was never played
	 */
	static Optional<OutageResult> load(String name) {
		try {
			return Files.exists(file(name)) ? Optional.of(JSON.readValue(file(name).toFile(), OutageResult.class))
					: Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path file(String name) {
		return folder().resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".json");
	}

	private static Path folder() {
		return Path.of("target", "outages");
	}

}
