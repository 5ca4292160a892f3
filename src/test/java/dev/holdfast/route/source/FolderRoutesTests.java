package dev.holdfast.route.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.route.source.RouteStatus.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class FolderRoutesTests {

	private static final Duration HOLD_FOR = RemovalGuardSettings.DEFAULTS.holdFor();

	private final RouteWorld world = new RouteWorld();

	@TempDir
	Path folder;

	private FolderRoutes routes;

	@BeforeEach
	void create() {
		this.routes = routes(this.folder, this.world);
	}

	@Test
	void whatIsThereAtTheStartIsInForceAtOnce() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		write("b.yaml", RouteWorld.route("b"));
		write("c.json", "{\"id\": \"c\", \"path\": \"/c/**\", \"service\": \"c\"}");
		assertThat(this.routes.look()).isNull();
		assertThat(this.world.inForce()).containsExactly("a", "b", "c");
		assertThat(this.world.status("a").origin()).hasToString(this.folder.resolve("a.yml") + ":1");
	}

	@Test
	void aFileCountsWhenItHasBeenAsItIsForAMoment() throws IOException {
		this.routes.look();
		write("a.yml", RouteWorld.route("a"));
		assertThat(this.routes.look()).isEqualTo(FolderRoutes.SETTLING);
		assertThat(this.world.inForce()).isEmpty();
		settle();
		assertThat(this.world.inForce()).containsExactly("a");
	}

	@Test
	void aFileThatIsStillBeingWrittenTakesNothingOut() throws IOException {
		String whole = RouteWorld.route("a") + RouteWorld.route("b");
		write("a.yml", whole);
		this.routes.look();
		for (int length = 0; length < whole.length(); length++) {
			write("a.yml", whole.substring(0, length));
			this.routes.look();
			this.world.pass(FolderRoutes.SETTLING.dividedBy(2));
			assertThat(this.world.inForce()).containsExactly("a", "b");
		}
		write("a.yml", whole);
		settle();
		assertThat(this.world.catalog.statuses()).allMatch((status) -> status.state() == State.IN_FORCE);
	}

	@Test
	void aFileThatStaysCutOffIsQuarantinedAndItsRoutesStay() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		this.routes.look();
		write("a.yml", "- id: \"a");
		settle();
		assertThat(this.world.target("/a")).isEqualTo("a");
		assertThat(this.world.status("a").state()).isEqualTo(State.LAST_GOOD);
	}

	@Test
	void theRoutesOfADeletedFileAreTakenOut() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		this.routes.look();
		Files.delete(this.folder.resolve("a.yml"));
		settle();
		assertThat(this.world.inForce()).isEmpty();
	}

	@Test
	void anEditorThatMovesTheFileAwayBeforeItWritesTakesNothingOut() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		this.routes.look();
		Files.move(this.folder.resolve("a.yml"), this.folder.resolve("a.yml~"));
		this.routes.look();
		this.world.pass(FolderRoutes.SETTLING.dividedBy(2));
		write("a.yml", RouteWorld.route("a", "other"));
		this.routes.look();
		assertThat(this.world.target("/a")).isEqualTo("a");
		settle();
		assertThat(this.world.target("/a")).isEqualTo("other");
	}

	@Test
	void whatEditorsAndMountsKeepBesideIsPassedOver() throws IOException {
		for (String name : new String[] { ".a.yml.swp", ".a.yml", "a.yml~", "#a.yml#", "a.yml.bak", "4913",
				"readme" }) {
			write(name, RouteWorld.route("wrong"));
		}
		Files.createDirectory(this.folder.resolve("b.yml"));
		Files.createSymbolicLink(this.folder.resolve("c.yml"), Path.of("nowhere"));
		this.routes.look();
		assertThat(this.world.catalog.statuses()).isEmpty();
	}

	@Test
	void theSwapOfAMountedConfigMapIsSeen() throws IOException {
		mount("..v1", RouteWorld.route("a"));
		Files.createSymbolicLink(this.folder.resolve("..data"), Path.of("..v1"));
		Files.createSymbolicLink(this.folder.resolve("routes.yml"), Path.of("..data/routes.yml"));
		this.routes.look();
		assertThat(this.world.target("/a")).isEqualTo("a");
		mount("..v2", RouteWorld.route("a", "b"));
		Files.createSymbolicLink(this.folder.resolve("..data_tmp"), Path.of("..v2"));
		Files.move(this.folder.resolve("..data_tmp"), this.folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE,
				StandardCopyOption.REPLACE_EXISTING);
		settle();
		assertThat(this.world.target("/a")).isEqualTo("b");
	}

	@Test
	void aChangeThatNeitherTimeNorSizeTellsIsFound() throws IOException {
		FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
		Path file = write("a.yml", RouteWorld.route("a", "one"));
		Files.setLastModifiedTime(file, old);
		this.routes.look();
		Files.writeString(file, RouteWorld.route("a", "two"));
		Files.setLastModifiedTime(file, old);
		this.world.pass(Duration.ofMinutes(2));
		settle();
		assertThat(this.world.target("/a")).isEqualTo("two");
	}

	@Test
	void aFolderThatIsGoneTakesNothingOut() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		this.routes.look();
		Path away = this.folder.resolveSibling(this.folder.getFileName() + "-away");
		Files.move(this.folder, away);
		settle();
		assertThat(this.world.inForce()).containsExactly("a");
		assertThat(this.routes.status().state()).isEqualTo(SourceStatus.State.STALE);
		assertThat(this.routes.status().cause()).contains("there is no such file or folder");
		Files.move(away, this.folder);
		this.routes.look();
		assertThat(this.routes.status().state()).isEqualTo(SourceStatus.State.LIVE);
	}

	@Test
	void whatIsNoTextIsQuarantined() throws IOException {
		Files.write(this.folder.resolve("a.yml"), "id: \u00fc".getBytes(StandardCharsets.ISO_8859_1));
		write("b.yml", RouteWorld.route("b"));
		this.routes.look();
		assertThat(this.world.inForce()).containsExactly("b");
		assertThat(this.world.catalog.statuses()).anySatisfy((status) -> {
			assertThat(status.state()).isEqualTo(State.QUARANTINED);
			assertThat(status.reason()).contains("UTF-8");
			assertThat(status.origin().place()).endsWith("a.yml");
		});
	}

	@Test
	void filesThatAreGoneSinceTheyWereSavedCountNoMore() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		write("b.yml", RouteWorld.route("b"));
		this.routes.look();
		SavedRoutes saved = this.world.catalog.toSave();
		Files.delete(this.folder.resolve("a.yml"));
		write("b.yml", "- id: b\n");
		RouteWorld next = new RouteWorld();
		next.catalog.restore(saved);
		routes(this.folder, next).look();
		assertThat(next.inForce()).containsExactly("b");
		assertThat(next.status("b").state()).isEqualTo(State.LAST_GOOD);
	}

	@Test
	void whatCouldNotBeReadIsReadAgainWhoeverMendsItWithoutATrace() throws IOException {
		FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
		byte[] good = RouteWorld.route("a").getBytes(StandardCharsets.UTF_8);
		byte[] bad = good.clone();
		bad[0] = (byte) 0xff;
		Path file = Files.write(this.folder.resolve("a.yml"), bad);
		Files.setLastModifiedTime(file, old);
		this.routes.look();
		assertThat(this.world.inForce()).isEmpty();
		Files.write(file, good);
		Files.setLastModifiedTime(file, old);
		settle();
		assertThat(this.world.inForce()).containsExactly("a");
	}

	@Test
	void filesThatVanishAllAtOnceStayForAWhile() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		write("b.yml", RouteWorld.route("b"));
		this.routes.look();
		Files.delete(this.folder.resolve("a.yml"));
		Files.delete(this.folder.resolve("b.yml"));
		settle();
		assertThat(this.world.inForce()).containsExactly("a", "b");
		assertThat(this.world.status("a").state()).isEqualTo(State.HELD);
		assertThat(this.world.status("b").reason()).contains("the folder has no files any more", "600 s");
		this.world.pass(HOLD_FOR.minusSeconds(1));
		this.routes.look();
		assertThat(this.world.inForce()).containsExactly("a", "b");
		this.world.pass(Duration.ofSeconds(1));
		this.routes.look();
		assertThat(this.world.inForce()).isEmpty();
	}

	@Test
	void whatComesBackIsHeldNoLongerAndTheRestIsGone() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		write("b.yml", RouteWorld.route("b"));
		this.routes.look();
		Files.delete(this.folder.resolve("a.yml"));
		Files.delete(this.folder.resolve("b.yml"));
		settle();
		write("a.yml", RouteWorld.route("a"));
		this.routes.look();
		assertThat(this.world.inForce()).containsExactly("a", "b");
		settle();
		assertThat(this.world.inForce()).containsExactly("a");
		assertThat(this.world.status("a").state()).isEqualTo(State.IN_FORCE);
	}

	@Test
	void anEmptyFolderInTheOnesPlaceTakesNothingOut() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		this.routes.look();
		Files.move(this.folder, this.folder.resolveSibling(this.folder.getFileName() + "-unmounted"));
		Files.createDirectory(this.folder);
		settle();
		assertThat(this.world.status("a").state()).isEqualTo(State.HELD);
	}

	@Test
	void aFolderThatIsMountedAfterTheStartTakesNothingOutUntilItHasSettled() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		write("b.yml", RouteWorld.route("b"));
		this.routes.look();
		SavedRoutes saved = this.world.saved();
		Path away = Files.move(this.folder, this.folder.resolveSibling(this.folder.getFileName() + "-later"));
		RouteWorld next = new RouteWorld();
		FolderRoutes later = routes(this.folder, next);
		next.catalog.restore(saved);
		later.look();
		assertThat(later.status().state()).isEqualTo(SourceStatus.State.FROM_DISK);
		Files.createDirectory(this.folder);
		later.look();
		next.pass(FolderRoutes.SETTLING);
		later.look();
		assertThat(next.inForce()).containsExactly("a", "b");
		Files.copy(away.resolve("a.yml"), this.folder.resolve("a.yml"));
		later.look();
		assertThat(next.inForce()).containsExactly("a", "b");
		Files.copy(away.resolve("b.yml"), this.folder.resolve("b.yml"));
		later.look();
		next.pass(FolderRoutes.SETTLING);
		later.look();
		assertThat(next.catalog.statuses()).hasSize(2).allMatch((status) -> status.state() == State.IN_FORCE);
	}

	@Test
	void aHoldOutlivesARestartWithItsTime() throws IOException {
		write("a.yml", RouteWorld.route("a"));
		write("b.yml", RouteWorld.route("b"));
		this.routes.look();
		Files.delete(this.folder.resolve("a.yml"));
		Files.delete(this.folder.resolve("b.yml"));
		settle();
		this.world.pass(HOLD_FOR.minusSeconds(10));
		this.routes.look();
		RouteWorld next = new RouteWorld();
		FolderRoutes later = routes(this.folder, next);
		next.catalog.restore(this.world.catalog.toSave());
		later.look();
		next.pass(Duration.ofSeconds(9));
		later.look();
		assertThat(next.inForce()).containsExactly("a", "b");
		next.pass(Duration.ofSeconds(1));
		later.look();
		assertThat(next.inForce()).isEmpty();
	}

	@Test
	void pathsThatWereSavedAreComparedEvenWhereTheyAreNone() {
		String start = this.folder.toString() + "/";
		assertThat(this.routes.isInFolder(start + "caf\0.yml")).isTrue();
		assertThat(this.routes.isInFolder(start + "below/a.yml")).isFalse();
		assertThat(this.routes.isInFolder(this.folder + "2/a.yml")).isFalse();
	}

	private static FolderRoutes routes(Path folder, RouteWorld world) {
		return new FolderRoutes(folder, world.catalog, RemovalGuardSettings.DEFAULTS, world::save, Clock.systemUTC(),
				world::nanoTime);
	}

	private void settle() {
		this.routes.look();
		this.world.pass(FolderRoutes.SETTLING);
		assertThat(this.routes.look()).isNull();
	}

	private void mount(String version, String text) throws IOException {
		Files.createDirectory(this.folder.resolve(version));
		write(version + "/routes.yml", text);
	}

	private Path write(String name, String text) throws IOException {
		return Files.writeString(this.folder.resolve(name), text);
	}

}
