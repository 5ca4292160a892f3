package dev.holdfast.registry.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SnapshotFile}, on a real file system.
 */
@Timeout(60)
@Isolated("changes the default locale, and looks at all threads")
class SnapshotFileTests {

	private static final CoalescingWriter.Pace AT_ONCE = new CoalescingWriter.Pace(Duration.ZERO,
			Duration.ofMillis(20));

	private static final CoalescingWriter.Pace HOURLY = new CoalescingWriter.Pace(Duration.ofHours(1),
			Duration.ofHours(1));

	private static final Instant START = Instant.parse("2026-03-01T12:00:00.250Z");

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger(SnapshotFile.class);

	@TempDir
	private Path folder;

	private Path path;

	private volatile Instant now = START;

	@BeforeEach
	void prepare() {
		this.path = this.folder.resolve("registry-snapshot.json");
		this.log.start();
		this.logger.addAppender(this.log);
		this.logger.setAdditive(false);
	}

	@AfterEach
	void restoreLog() {
		this.logger.detachAppender(this.log);
		this.logger.setAdditive(true);
	}

	@Test
	void loadGivesBackWhatWasSavedWithOriginDisk() {
		Instance odd = new Instance("10.0.0.5:80 \"a\" \uD83D\uDE00", new Endpoint(Scheme.GRPCS, "fd00::5", 8443), 0,
				"zöne", "1.4.2", Map.of("", "empty", "half", "\ud800", "lines", "a\nb\u0000"), new Registration(
						"/services/ünï/10.0.0.5:80", "kratos", 3, Long.MAX_VALUE, -7, Registration.Origin.WATCH));
		Snapshot snapshot = snapshot(42).with(new Service(new ServiceName("ünï"), List.of(odd), 17))
			.at(new Revision(0xcdf8_1819_4e3a_8c32L, 42));
		saveAndClose(snapshot);
		SnapshotFile.Saved saved = file(AT_ONCE).load().orElseThrow();
		assertThat(saved.savedAt()).isEqualTo(START);
		assertThat(saved.snapshot().revision()).isEqualTo(snapshot.revision());
		assertThat(saved.snapshot().instances()).isEqualTo(snapshot.instances());
		assertThat(saved.snapshot().services()).isEqualTo(fromDisk(snapshot).services());
	}

	@Test
	void loadGivesBackAnInstancesPathWhichAnOlderVersionMustNotPassOver() throws IOException {
		Instance instance = new Instance("a", new Endpoint(Scheme.HTTP, "10.0.0.5", 80, "/api"), 100, "", "", Map.of(),
				new Registration("/services/a/a", "json", 3, 4, 0, Registration.Origin.WATCH));
		Snapshot snapshot = snapshot(42).with(new Service(new ServiceName("a"), List.of(instance), 17));
		saveAndClose(snapshot);
		assertThat(Files.readString(this.path)).startsWith("{\"schema\":2,");
		assertThat(file(AT_ONCE).load().orElseThrow().snapshot().services()).isEqualTo(fromDisk(snapshot).services());
	}

	@Test
	void saveLeavesOutServicesWithoutInstances() {
		ServiceName gone = new ServiceName("gone");
		saveAndClose(snapshot(42).with(new Service(gone, List.of(), 40)));
		Snapshot loaded = file(AT_ONCE).load().orElseThrow().snapshot();
		assertThat(loaded.find(gone)).isNull();
		assertThat(loaded.services()).isEqualTo(fromDisk(snapshot(42)).services());
	}

	@Test
	void loadGivesBackAnEmptySnapshot() {
		saveAndClose(Snapshot.EMPTY.at(new Revision(1, 5)));
		assertThat(file(AT_ONCE).load()).contains(new SnapshotFile.Saved(Snapshot.EMPTY.at(new Revision(1, 5)), START));
	}

	@Test
	void theFirstLineTellsAHumanWhatTheFileIs() throws IOException {
		saveAndClose(snapshot(42));
		assertThat(Files.readAllLines(this.path)).first()
			.asString()
			.matches("\\{\"schema\":1,\"savedAt\":\"2026-03-01T12:00:00.250Z\",\"cluster\":\"1f\",\"revision\":42,"
					+ "\"checksum\":\"crc32c:[0-9a-f]{8}\",");
		assertThat(Files.readString(this.path)).contains("\n{\"id\":\"orders-0\",\"scheme\":\"http\",");
		assertThat(new ObjectMapper().readTree(this.path.toFile()).path("services")).hasSize(2);
	}

	@Test
	void saveWhenTheLocaleHasOtherDigitsWritesTheSame() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
		try {
			saveAndClose(snapshot(42));
		}
		finally {
			Locale.setDefault(before);
		}
		assertThat(loadedRevision()).isEqualTo(42);
	}

	@Test
	void saveCreatesMissingFoldersAndLeavesNoOtherFile() throws IOException {
		this.path = this.folder.resolve("a/b/snapshot.json");
		saveAndClose(snapshot(42));
		try (var files = Files.list(this.path.getParent())) {
			assertThat(files).containsExactly(this.path);
		}
	}

	@Test
	void loadWhenThereIsNoFileIsEmptyWithoutWarning() {
		SnapshotFile file = file(AT_ONCE);
		assertThat(file.load()).isEmpty();
		assertThat(file.state()).isEqualTo(new SnapshotFileState(this.path.toString(), null, 0, ""));
		assertThat(warnings()).isEmpty();
	}

	@Test
	void loadWhenAnyByteIsDamagedIsEmptyWithOneWarning() throws IOException {
		saveAndClose(snapshot(42));
		byte[] sound = Files.readAllBytes(this.path);
		int headerLength = Files.readAllLines(this.path).getFirst().length();
		for (int at = 0; at < sound.length; at += (at < headerLength) ? 1 : 50) {
			byte[] damaged = sound.clone();
			damaged[at] ^= (byte) (1 << (at % 8));
			assertIgnored(damaged, "byte " + at);
		}
	}

	@Test
	void loadWhenCutOffIsEmptyWithOneWarning() throws IOException {
		saveAndClose(snapshot(42));
		byte[] sound = Files.readAllBytes(this.path);
		for (int length = 0; length < sound.length; length += 50) {
			assertIgnored(Arrays.copyOf(sound, length), "length " + length);
		}
		assertIgnored(Arrays.copyOf(sound, sound.length - 1), "without the last byte");
		assertIgnored(Arrays.copyOf(sound, sound.length + 1), "one byte more");
	}

	@Test
	void loadWhenSchemaIsNewerSaysSo() throws IOException {
		Files.writeString(this.path, "{\"schema\":3,\"layout\":\"unknown\"}");
		SnapshotFile file = file(AT_ONCE);
		assertThat(file.load()).isEmpty();
		assertThat(warnings()).singleElement()
			.asString()
			.contains(this.path.toString(), "schema is 3 (expected: 1 or 2)");
		assertThat(file.state().lastError()).isEqualTo("its schema is 3 (expected: 1 or 2)");
	}

	@Test
	void loadWhenPathIsAFolderIsEmptyWithOneWarning() throws IOException {
		Files.createDirectory(this.path);
		assertThat(file(AT_ONCE).load()).isEmpty();
		assertThat(warnings()).singleElement().asString().contains("no regular file");
	}

	@Test
	void loadWhenAFileStandsInTheWayOfTheFolderIsEmptyWithOneWarning() throws IOException {
		Files.writeString(this.folder.resolve("wall"), "");
		this.path = this.folder.resolve("wall/snapshot.json");
		assertThat(file(AT_ONCE).load()).isEmpty();
		assertThat(warnings()).singleElement().asString().contains("Not a directory");
	}

	@Test
	void loadWhenOlderThanTheLimitNamesAgeAndLimit() {
		saveAndClose(snapshot(42));
		this.now = START.plusSeconds(3_601);
		assertThat(file(AT_ONCE, Duration.ofHours(1)).load()).isEmpty();
		assertThat(warnings()).singleElement().asString().contains("3601 s old (expected: at most 3600 s)");
		this.now = START.plusSeconds(3_600);
		assertThat(file(AT_ONCE, Duration.ofHours(1)).load()).isPresent();
	}

	@Test
	void saveWithinTheIntervalWaitsAndWritesTheNewestAlone() {
		SnapshotFile file = file(HOURLY);
		file.save(snapshot(1));
		await().until(() -> file.state().revision() == 1);
		file.save(snapshot(2));
		file.save(snapshot(3));
		assertThat(loadedRevision()).isEqualTo(1);
		file.close();
		assertThat(file.state().revision()).isEqualTo(3);
		assertThat(loadedRevision()).isEqualTo(3);
	}

	@Test
	void saveOfManyEndsWithTheNewestOnDisk() {
		try (SnapshotFile file = file(AT_ONCE)) {
			for (int revision = 1; revision <= 2_000; revision++) {
				file.save(snapshot(revision));
			}
			await().until(() -> file.state().revision() == 2_000);
			assertThat(loadedRevision()).isEqualTo(2_000);
		}
	}

	@Test
	void saveOfTheSameSnapshotWritesAgainOnlyToRefreshItsTime() {
		SnapshotFile file = file(AT_ONCE);
		file.save(snapshot(1));
		await().until(() -> file.state().revision() == 1);
		this.now = START.plusSeconds(299);
		file.save(snapshot(1));
		file.close();
		assertThat(file.state().savedAt()).isEqualTo(START);

		SnapshotFile another = file(AT_ONCE);
		another.save(snapshot(1));
		await().until(() -> START.plusSeconds(299).equals(another.state().savedAt()));
		this.now = START.plusSeconds(600);
		another.save(snapshot(1));
		another.close();
		assertThat(another.state().savedAt()).isEqualTo(START.plusSeconds(600));
	}

	@Test
	void saveOfTheSameSnapshotRefreshesItsTimeLongBeforeItIsTooOld() {
		SnapshotFile file = file(AT_ONCE, Duration.ofSeconds(60));
		file.save(snapshot(1));
		await().until(() -> file.state().revision() == 1);
		this.now = START.plusSeconds(30);
		file.save(snapshot(1));
		file.close();
		assertThat(file.state().savedAt()).isEqualTo(START.plusSeconds(30));
	}

	@Test
	void saveWhenTheFileCannotBeReplacedLeavesNoOtherFile() throws IOException {
		Files.createDirectories(this.path.resolve("in the way"));
		saveAndClose(snapshot(1));
		assertThat(warnings()).singleElement().asString().contains("Cannot save the snapshot");
		try (var files = Files.list(this.folder)) {
			assertThat(files).containsExactly(this.path);
		}
	}

	@Test
	void saveWhenTheFolderCannotBeWrittenTellsOnceAndRecovers() throws IOException {
		Path wall = Files.writeString(this.folder.resolve("wall"), "");
		this.path = wall.resolve("snapshot.json");
		try (SnapshotFile file = file(AT_ONCE)) {
			file.save(snapshot(1));
			await().until(() -> !file.state().lastError().isEmpty());
			assertThat(file.state().lastError()).contains(wall.toString());
			file.save(snapshot(2));
			file.save(snapshot(3));
			Files.delete(wall);
			await().until(() -> file.state().lastError().isEmpty());
			assertThat(loadedRevision()).isEqualTo(3);
			assertThat(file.state().revision()).isEqualTo(3);
		}
		assertThat(warnings()).singleElement().asString().contains("Cannot save the snapshot", wall.toString());
		assertThat(messages(Level.INFO)).containsOnlyOnce("The snapshot is saved to " + this.path + " again");
	}

	@Test
	void closeWhenTheFolderCannotBeWrittenEnds() throws IOException {
		Path wall = Files.writeString(this.folder.resolve("wall"), "");
		this.path = wall.resolve("snapshot.json");
		saveAndClose(snapshot(1));
		assertThat(warnings()).hasSize(1);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void saveWhileTheDiskHangsReturnsAndTheNewestFollows() throws IOException, InterruptedException {
		Path pipe = this.folder.resolve("registry-snapshot.json.tmp");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		try (SnapshotFile file = file(AT_ONCE)) {
			// Opening a pipe for writing hangs until somebody reads.
			file.save(snapshot(1));
			file.save(snapshot(2));
			assertThat(file.state().savedAt()).isNull();
			try (var reader = Files.newInputStream(pipe)) {
				reader.transferTo(OutputStream.nullOutputStream());
			}
			await().until(() -> file.state().revision() == 2);
			assertThat(loadedRevision()).isEqualTo(2);
		}
	}

	@Test
	void closeWithoutSaveWritesNothingAndSaveAfterCloseNeither() {
		SnapshotFile file = file(AT_ONCE);
		file.close();
		file.save(snapshot(1));
		file.close();
		assertThat(this.path).doesNotExist();
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("snapshot-file");
	}

	@Test
	void aHundredThousandInstancesAreSavedAndLoaded() {
		Snapshot snapshot = Snapshot.EMPTY;
		for (int i = 0; i < 1_000; i++) {
			snapshot = snapshot.with(service("service-" + i, 100, i));
		}
		try (SnapshotFile file = file(AT_ONCE)) {
			file.save(snapshot.at(new Revision(1, 1_000)));
			await().until(() -> file.state().revision() == 1_000);
		}
		Optional<SnapshotFile.Saved> saved = file(AT_ONCE).load();
		assertThat(saved.orElseThrow().snapshot().instances()).isEqualTo(100_000);
		assertThat(saved.orElseThrow().snapshot().services()).hasSize(1_000);
	}

	private void assertIgnored(byte[] content, String description) throws IOException {
		Files.write(this.path, content);
		this.log.list.clear();
		assertThat(file(AT_ONCE).load()).as(description).isEmpty();
		assertThat(warnings()).as(description).hasSize(1);
	}

	private long loadedRevision() {
		return file(AT_ONCE).load().orElseThrow().snapshot().revision().number();
	}

	private void saveAndClose(Snapshot snapshot) {
		try (SnapshotFile file = file(AT_ONCE)) {
			file.save(snapshot);
		}
	}

	private SnapshotFile file(CoalescingWriter.Pace pace) {
		return new SnapshotFile(this.path, null, pace, () -> this.now);
	}

	private SnapshotFile file(CoalescingWriter.Pace pace, Duration maxAge) {
		return new SnapshotFile(this.path, maxAge, pace, () -> this.now);
	}

	private List<String> warnings() {
		return messages(Level.WARN);
	}

	private List<String> messages(Level level) {
		return List.copyOf(this.log.list)
			.stream()
			.filter((event) -> event.getLevel() == level)
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private static Snapshot snapshot(long revision) {
		return Snapshot.EMPTY.with(service("orders", 20, revision))
			.with(service("users", 1, 3))
			.at(new Revision(0x1f, revision));
	}

	private static Service service(String name, int size, long revision) {
		List<Instance> instances = IntStream.range(0, size)
			.mapToObj((i) -> new Instance(name + "-" + i, new Endpoint(Scheme.HTTP, "10.0.0." + (i + 1), 8080),
					Instance.DEFAULT_WEIGHT, "eu-1a", "1.4.2", Map.of("team", "blue"),
					new Registration("/services/" + name + "/" + i, "json", 1, revision, 7_587_870L,
							Registration.Origin.WATCH)))
			.toList();
		return new Service(new ServiceName(name), instances, revision);
	}

	private static Snapshot fromDisk(Snapshot snapshot) {
		Snapshot result = snapshot;
		for (Service service : snapshot.services().values()) {
			result = result.with(new Service(service.name(),
					service.instances().stream().map(SnapshotFileTests::fromDisk).toList(), service.revision()));
		}
		return result;
	}

	private static Instance fromDisk(Instance instance) {
		Registration r = instance.registration();
		return new Instance(instance.id(), instance.endpoint(), instance.weight(), instance.zone(), instance.version(),
				instance.metadata(), new Registration(r.key(), r.format(), r.createRevision(), r.modRevision(),
						r.lease(), Registration.Origin.DISK));
	}

}
