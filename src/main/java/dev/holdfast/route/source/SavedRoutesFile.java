package dev.holdfast.route.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.registry.snapshot.CoalescingWriter;
import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the documents of routes on disk, so that a gateway that starts while etcd is
 * away, or beside a document that cannot be used, routes as it did before. Writing
 * happens on a thread of its own, and whatever happens to the file is told by the log,
 * never thrown.
 */
final class SavedRoutesFile implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SavedRoutesFile.class);

	private static final int SCHEMA = 1;

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private static final CoalescingWriter.Pace PACE = new CoalescingWriter.Pace(Duration.ofSeconds(1),
			Duration.ofSeconds(5));

	/** Half a surrogate pair in one document must not end the saving of all others. */
	private static final JsonMapper MAPPER = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private final Path path;

	private final InstantSource clock;

	private final CoalescingWriter<SavedRoutes> writer;

	/** Whether the last write failed; the writer's thread alone knows. */
	private boolean failing;

	SavedRoutesFile(Path path, InstantSource clock) {
		this.path = path.toAbsolutePath();
		this.clock = clock;
		this.writer = new CoalescingWriter<>("routes-file", (routes, rest) -> write(routes), PACE, System::nanoTime);
	}

	/**
	 * Reads the file. One that is damaged or of another schema is ignored with a warning.
	 */
	Optional<Loaded> load() {
		try {
			return Optional.of(read(Files.readAllBytes(this.path)));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("Ignored the routes saved at {}: {}; those of etcd are known as soon as it answers", this.path,
					ex.getMessage());
			return Optional.empty();
		}
	}

	private static Loaded read(byte[] bytes) throws IOException {
		int end = 0;
		while (end < bytes.length && bytes[end] != '\n') {
			end++;
		}
		JsonNode header = MAPPER.readTree(bytes, 0, end);
		if (header.path("schema").asInt() != SCHEMA) {
			throw new IOException("its schema is %s (expected: %d)".formatted(header.path("schema"), SCHEMA));
		}
		byte[] body = Arrays.copyOfRange(bytes, Math.min(end + 1, bytes.length), bytes.length);
		if (!checksum(body).equals(header.path("checksum").asText())) {
			throw new IOException("its checksum is wrong: it was cut off or changed");
		}
		JsonNode root = MAPPER.readTree(body);
		List<SavedRoutes.SavedDocument> documents = new ArrayList<>();
		for (JsonNode node : root.path("documents")) {
			documents.add(document(node));
		}
		Revision revision = new Revision(Long.parseUnsignedLong(root.path("cluster").asText("0"), 16),
				root.path("revision").asLong());
		return new Loaded(new SavedRoutes(revision, documents), Instant.parse(header.path("savedAt").asText()));
	}

	private static SavedRoutes.SavedDocument document(JsonNode node) {
		List<SavedRoutes.SavedForm> forms = new ArrayList<>();
		for (JsonNode form : node.path("lastGood")) {
			List<String> names = new ArrayList<>();
			form.path("names").forEach((name) -> names.add(name.asText()));
			forms.add(new SavedRoutes.SavedForm(names, form.path("text").asText()));
		}
		JsonNode hold = node.path("hold");
		return new SavedRoutes.SavedDocument(
				new DocumentPlace(Source.valueOf(node.path("source").asText()), node.path("place").asText()),
				node.path("text").isTextual() ? node.path("text").asText() : null, node.path("modRevision").asLong(),
				node.path("lease").asLong(), forms,
				hold.isObject() ? new DocumentHold(hold.path("reason").asText(),
						Instant.parse(hold.path("since").asText()), Duration.ofMillis(hold.path("leftMillis").asLong()))
						: null);
	}

	/**
	 * Has documents written, unless newer ones follow before their turn.
	 */
	void save(SavedRoutes routes) {
		this.writer.offer(routes);
	}

	private boolean write(SavedRoutes routes) {
		Path temporary = this.path.resolveSibling(this.path.getFileName() + ".tmp");
		try {
			Files.createDirectories(temporary.getParent());
			byte[] body = MAPPER.writeValueAsBytes(body(routes));
			ObjectNode header = MAPPER.createObjectNode()
				.put("schema", SCHEMA)
				.put("savedAt", this.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
				.put("checksum", checksum(body));
			try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
					StandardOpenOption.TRUNCATE_EXISTING)) {
				for (byte[] part : List.of(MAPPER.writeValueAsBytes(header), "\n".getBytes(StandardCharsets.US_ASCII),
						body)) {
					ByteBuffer buffer = ByteBuffer.wrap(part);
					while (buffer.hasRemaining()) {
						channel.write(buffer);
					}
				}
				channel.force(true);
			}
			Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE);
			logTransition(null);
			return true;
		}
		catch (IOException ex) {
			logTransition(ex);
			return false;
		}
	}

	private static ObjectNode body(SavedRoutes routes) {
		ObjectNode body = MAPPER.createObjectNode()
			.put("cluster", Long.toHexString(routes.revision().cluster()))
			.put("revision", routes.revision().number());
		ArrayNode documents = body.putArray("documents");
		for (SavedRoutes.SavedDocument document : routes.documents()) {
			ObjectNode node = documents.addObject()
				.put("source", document.place().source().name())
				.put("place", document.place().place())
				.put("modRevision", document.modRevision())
				.put("lease", document.lease())
				.put("text", document.text());
			ArrayNode forms = node.putArray("lastGood");
			document.forms().forEach((form) -> {
				ArrayNode names = forms.addObject().put("text", form.text()).putArray("names");
				form.names().forEach(names::add);
			});
			DocumentHold hold = document.hold();
			if (hold != null) {
				node.putObject("hold")
					.put("reason", hold.reason())
					.put("since", hold.since().toString())
					.put("leftMillis", hold.left().toMillis());
			}
		}
		return body;
	}

	private static String checksum(byte[] body) {
		CRC32C checksum = new CRC32C();
		checksum.update(body);
		return "crc32c:%08x".formatted((int) checksum.getValue());
	}

	private void logTransition(@Nullable IOException error) {
		if (error != null && !this.failing) {
			logger.warn("Cannot save the routes to {}: {}; routing goes on, and the write is tried again every {} s",
					this.path, error.toString(), PACE.retry().toSeconds());
		}
		else if (error == null && this.failing) {
			logger.info("The routes are saved to {} again", this.path);
		}
		this.failing = error != null;
	}

	/**
	 * Writes what is still to be written, and ends; waits for some seconds at most.
	 */
	@Override
	public void close() {
		try {
			if (!this.writer.close(CLOSE_TIMEOUT)) {
				logger.warn("Gave up waiting for the routes to be written to {}", this.path);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What was found on disk.
	 *
	 * @param routes the documents
	 * @param savedAt when they were written
	 */
	record Loaded(SavedRoutes routes, Instant savedAt) {
	}

}
