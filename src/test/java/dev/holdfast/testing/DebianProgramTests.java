package dev.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Isolated("a program that was just written cannot run while another test forks")
class DebianProgramTests {

	@TempDir
	private Path folder;

	private final Map<String, String> environment = new HashMap<>();

	@BeforeEach
	void setUp() {
		this.environment.put("XDG_CACHE_HOME", this.folder.toString());
	}

	@Test
	void theNewestOfTheChosenVersionIsTakenFromTheCache() throws IOException {
		kept("chosen-etcd-3.5.9-1_amd64");
		Path newest = kept("chosen-etcd-3.5.30-2_amd64");
		kept("chosen-etcd-3.50.1-1_amd64");
		Path ofTheDistribution = kept("etcd-3.4.23-4+b4_amd64");
		assertThat(etcd().locate("3.5")).isEqualTo(newest);
		assertThat(etcd().locate("3.4")).isEqualTo(ofTheDistribution);
	}

	@Test
	void theDistributionsComesFirstWhereNoneIsChosen() throws IOException {
		kept("chosen-etcd-3.5.30-2_amd64");
		Path ofTheDistribution = kept("etcd-3.4.23-4+b4_amd64");
		assertThat(etcd().locate("")).isEqualTo(ofTheDistribution);
	}

	@Test
	void oneThatWasChosenOnceServesWhereThereIsNoOther() throws IOException {
		Path chosen = kept("chosen-etcd-3.5.30-2_amd64");
		assertThat(etcd().locate("")).isEqualTo(chosen);
	}

	@Test
	void aProgramOnThePathServesOnlyInItsOwnVersion() throws IOException {
		Path found = program(this.folder.resolve("bin"), "3.5.16");
		this.environment.put("PATH", this.folder.resolve("bin").toString());
		Path kept = kept("chosen-etcd-3.4.23-4_amd64");
		assertThat(etcd().locate("3.5")).isEqualTo(found);
		assertThat(etcd().locate("3.4")).isEqualTo(kept);
	}

	@Test
	void aNamedProgramOfAnotherVersionIsReported() throws IOException {
		Path named = program(this.folder, "3.4.23");
		this.environment.put("ETCD_BIN", named.toString());
		assertThat(etcd().locate("3.4")).isEqualTo(named);
		assertThatIllegalStateException().isThrownBy(() -> etcd().locate("3.5"))
			.isNotInstanceOf(NoSuchVersionException.class)
			.withMessage("ETCD_BIN: \"%s\" is 3.4.23 (expected: 3.5)", named);
	}

	@Test
	void aVersionThatCannotBeHadIsReported() {
		assertThatIllegalStateException().isThrownBy(() -> etcd().locate("3.5"))
			.isInstanceOf(NoSuchVersionException.class)
			.withMessage("No etcd 3.5 found, and there are no apt-get and dpkg-deb to fetch one");
	}

	private DebianProgram etcd() {
		return EtcdBinary.program(this.environment, (line) -> {
		});
	}

	private Path kept(String name) throws IOException {
		return program(this.folder.resolve("holdfast").resolve(name).resolve("usr/bin"), "0.0.0");
	}

	private static Path program(Path folder, String version) throws IOException {
		Path program = Files.writeString(Files.createDirectories(folder).resolve("etcd"),
				"#!/bin/sh\necho etcd Version: %s\necho Go Version: go1.19.8\n".formatted(version));
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
		return program;
	}

}
