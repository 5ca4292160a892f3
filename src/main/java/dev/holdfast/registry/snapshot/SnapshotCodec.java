package dev.holdfast.registry.snapshot;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;

/**
 * The layout of a snapshot on disk: a JSON object whose first line is its
 * {@link SnapshotHeader}, followed by the services that have instances, one instance a
 * line. Reads and writes stream, so that the size of a registry is not felt twice.
 */
final class SnapshotCodec {

	private static final int BUFFER_SIZE = 64 * 1024;

	/** So many instances are written in some milliseconds, however long their records. */
	private static final int PIECE = 500;

	// Escapes all but ASCII: half a surrogate pair in a name must not end the saving of
	// all
	// the others.
	private static final JsonMapper MAPPER = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private SnapshotCodec() {
	}

	/**
	 * Writes a file and forces it to the disk.
	 * @param snapshot what to write
	 * @param savedAt the time to write into it
	 * @param path the file, replaced if it exists
	 * @param rest called after every {@value #PIECE} instances
	 * @throws IOException if it cannot be written
	 */
	static void write(Snapshot snapshot, Instant savedAt, Path path, Runnable rest) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING)) {
			SnapshotHeader header = new SnapshotHeader(schema(snapshot), savedAt, snapshot.revision(), 0);
			CRC32C checksum = new CRC32C();
			OutputStream out = new BufferedOutputStream(
					new CheckedOutputStream(Channels.newOutputStream(channel), checksum), BUFFER_SIZE);
			out.write(header.bytes());
			out.write("\"services\":[\n".getBytes(StandardCharsets.US_ASCII));
			writeServices(snapshot, out, rest);
			out.write("\n]}\n".getBytes(StandardCharsets.US_ASCII));
			out.flush();
			ByteBuffer complete = ByteBuffer.wrap(header.withChecksum((int) checksum.getValue()).bytes());
			while (complete.hasRemaining()) {
				channel.write(complete, complete.position());
			}
			channel.force(true);
		}
	}

	/**
	 * Chooses the oldest schema that has room for everything, so that the version before
	 * can go on from the file.
	 */
	private static int schema(Snapshot snapshot) {
		boolean paths = snapshot.services()
			.values()
			.stream()
			.flatMap((service) -> service.instances().stream())
			.anyMatch((instance) -> !instance.endpoint().path().isEmpty());
		return paths ? SnapshotHeader.WITH_PATHS : SnapshotHeader.WITHOUT_PATHS;
	}

	private static void writeServices(Snapshot snapshot, OutputStream out, Runnable rest) throws IOException {
		int written = 0;
		try (JsonGenerator generator = MAPPER.createGenerator(out)) {
			generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
			generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
			generator.setPrettyPrinter(new InstancePerLine());
			for (Service service : snapshot.services().values()) {
				if (!service.instances().isEmpty()) {
					write(service, generator);
				}
				written += service.instances().size();
				if (written >= PIECE) {
					rest.run();
					written = 0;
				}
			}
		}
	}

	private static void write(Service service, JsonGenerator generator) throws IOException {
		generator.writeStartObject();
		generator.writeStringField("name", service.name().value());
		generator.writeNumberField("revision", service.revision());
		generator.writeArrayFieldStart("instances");
		for (Instance instance : service.instances()) {
			write(instance, generator);
		}
		generator.writeEndArray();
		generator.writeEndObject();
	}

	private static void write(Instance instance, JsonGenerator generator) throws IOException {
		generator.writeStartObject();
		generator.writeStringField("id", instance.id());
		generator.writeStringField("scheme", instance.endpoint().scheme().toString());
		generator.writeStringField("host", instance.endpoint().host());
		generator.writeNumberField("port", instance.endpoint().port());
		if (!instance.endpoint().path().isEmpty()) {
			generator.writeStringField("path", instance.endpoint().path());
		}
		generator.writeNumberField("weight", instance.weight());
		generator.writeStringField("zone", instance.zone());
		generator.writeStringField("version", instance.version());
		generator.writeObjectFieldStart("metadata");
		for (Map.Entry<String, String> entry : instance.metadata().entrySet()) {
			generator.writeStringField(entry.getKey(), entry.getValue());
		}
		generator.writeEndObject();
		Registration registration = instance.registration();
		generator.writeStringField("key", registration.key());
		generator.writeStringField("format", registration.format());
		generator.writeNumberField("createRevision", registration.createRevision());
		generator.writeNumberField("modRevision", registration.modRevision());
		generator.writeNumberField("lease", registration.lease());
		generator.writeEndObject();
	}

	/**
	 * Reads a file.
	 * @param path the file
	 * @return what it holds
	 * @throws IOException if it cannot be read, or is not exactly what {@link #write}
	 * wrote
	 */
	static SnapshotFile.Saved read(Path path) throws IOException {
		if (Files.exists(path) && !Files.isRegularFile(path)) {
			throw new IOException("it is no regular file");
		}
		SnapshotHeader header = verify(path);
		try (JsonParser parser = MAPPER.createParser(Files.newInputStream(path))) {
			return new SnapshotFile.Saved(readServices(parser).at(header.revision()), header.savedAt());
		}
		// What the vocabulary's records throw.
		catch (IllegalArgumentException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private static SnapshotHeader verify(Path path) throws IOException {
		try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER_SIZE)) {
			SnapshotHeader header = SnapshotHeader.read(in);
			CRC32C checksum = new CRC32C();
			checksum.update(header.withChecksum(0).bytes());
			new CheckedInputStream(in, checksum).transferTo(OutputStream.nullOutputStream());
			int actual = (int) checksum.getValue();
			if (actual != header.checksum()) {
				throw new IOException("its checksum is %08x (expected: %08x), so it is damaged or was edited"
					.formatted(actual, header.checksum()));
			}
			return header;
		}
	}

	private static Snapshot readServices(JsonParser parser) throws IOException {
		while (parser.nextToken() != JsonToken.START_ARRAY) {
			requireMore(parser);
		}
		Snapshot snapshot = Snapshot.EMPTY;
		while (parser.nextToken() == JsonToken.START_OBJECT) {
			snapshot = snapshot.with(readService(parser));
		}
		return snapshot;
	}

	private static Service readService(JsonParser parser) throws IOException {
		String name = "";
		long revision = 0;
		List<Instance> instances = new ArrayList<>();
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			String field = parser.currentName();
			parser.nextToken();
			switch (field) {
				case "name" -> name = parser.getText();
				case "revision" -> revision = parser.getLongValue();
				case "instances" -> {
					while (parser.nextToken() == JsonToken.START_OBJECT) {
						instances.add(instance(parser.readValueAsTree()));
					}
				}
				default -> parser.skipChildren();
			}
		}
		return new Service(new ServiceName(name), instances, revision);
	}

	private static Instance instance(JsonNode node) throws IOException {
		String scheme = node.required("scheme").asText();
		Endpoint endpoint = new Endpoint(
				Scheme.parse(scheme).orElseThrow(() -> new IOException("the scheme \"" + scheme + "\" is unknown")),
				node.required("host").asText(), node.required("port").intValue(), node.path("path").asText());
		Map<String, String> metadata = new LinkedHashMap<>();
		for (Map.Entry<String, JsonNode> entry : node.required("metadata").properties()) {
			metadata.put(entry.getKey(), entry.getValue().asText());
		}
		Registration registration = new Registration(node.required("key").asText(), node.required("format").asText(),
				node.required("createRevision").longValue(), node.required("modRevision").longValue(),
				node.required("lease").longValue(), Registration.Origin.DISK);
		return new Instance(node.required("id").asText(), endpoint, node.required("weight").intValue(),
				node.required("zone").asText(), node.required("version").asText(), metadata, registration);
	}

	private static void requireMore(JsonParser parser) throws IOException {
		if (parser.currentToken() == null) {
			throw new IOException("it has no services");
		}
	}

	/**
	 * Separates services, and the instances within them, by line feeds.
	 */
	private static final class InstancePerLine extends MinimalPrettyPrinter {

		private static final long serialVersionUID = 1L;

		InstancePerLine() {
			super(",\n");
		}

		@Override
		public void beforeArrayValues(JsonGenerator generator) throws IOException {
			generator.writeRaw('\n');
		}

		@Override
		public void writeArrayValueSeparator(JsonGenerator generator) throws IOException {
			generator.writeRaw(",\n");
		}

	}

}
