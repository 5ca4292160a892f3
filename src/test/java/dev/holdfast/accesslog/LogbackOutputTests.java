package dev.holdfast.accesslog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import ch.qos.logback.core.util.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LogbackOutputTests {

	@TempDir
	private Path folder;

	@Test
	void linesAreThereWhenTheyHaveBeenWritten() throws IOException {
		Path file = this.folder.resolve("deep").resolve("access.log");
		try (LogOutput output = open(file.toString(), 1_000_000)) {
			assertThat(output.write(bytes("one\ntwo\n"))).isTrue();
			assertThat(file).hasContent("one\ntwo\n");
		}
	}

	@Test
	void fileIsContinuedAfterAStart() {
		Path file = this.folder.resolve("access.log");
		try (LogOutput output = open(file.toString(), 1_000_000)) {
			output.write(bytes("one\n"));
		}
		try (LogOutput output = open(file.toString(), 1_000_000)) {
			output.write(bytes("two\n"));
		}
		assertThat(file).hasContent("one\ntwo\n");
	}

	@Test
	void fullFilesAreFollowedByOthersAndTheOldestGo() throws IOException {
		Path file = this.folder.resolve("access.log");
		try (LogOutput output = open(file.toString(), 4)) {
			for (int i = 1; i <= 6; i++) {
				assertThat(output.write(bytes("line" + i + "\n"))).isTrue();
			}
		}
		assertThat(file).hasContent("line6\n");
		assertThat(this.folder.resolve("access.log.1")).hasContent("line5\n");
		assertThat(this.folder.resolve("access.log.2")).hasContent("line4\n");
		try (Stream<Path> files = Files.list(this.folder)) {
			assertThat(files).hasSize(3);
		}
	}

	@Test
	void fileThatCannotBeOpenedFailsTheStart() {
		assertThatExceptionOfType(AccessLogUnavailableException.class)
			.isThrownBy(() -> open(this.folder.toString(), 1_000_000))
			.withMessageContaining("holdfast.access-log.file");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void linesThatTheDiskDoesNotTakeAreNotTakenForWritten() {
		try (LogOutput output = open("/dev/full", 1_000_000)) {
			for (int i = 0; i < 100; i++) {
				assertThat(output.write(bytes("line\n"))).isFalse();
			}
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void batchesThatTheDiskDoesNotTakeAreNotTakenForWritten() {
		try (LogOutput output = open("/dev/full", 1_000_000)) {
			for (int i = 0; i < 100; i++) {
				assertThat(output.write(bytes("x".repeat(9000) + "\n"))).isFalse();
			}
		}
	}

	@Test
	void fileThatCannotBeBegunBehindAFullOneIsTriedAgain() throws IOException {
		Path file = this.folder.resolve("access.log");
		try (LogOutput output = open(file.toString(), 4)) {
			assertThat(output.write(bytes("line1\n"))).isTrue();
			// Full ones cannot be moved, and nothing can be opened in place of a folder.
			Files.createDirectories(this.folder.resolve("access.log.1/in-the-way"));
			Files.createDirectories(this.folder.resolve("access.log.2/in-the-way"));
			Files.delete(file);
			Files.createDirectory(file);
			assertThat(output.write(bytes("line2\n"))).isFalse();
			assertThat(output.write(bytes("line3\n"))).isFalse();
			Files.delete(file);
			assertThat(output.write(bytes("line4\n"))).isTrue();
			assertThat(output.write(bytes("line5\n"))).isTrue();
		}
		assertThat(file).content().contains("line4\n").endsWith("line5\n").doesNotContain("line3");
	}

	@Test
	@ResourceLock(Resources.SYSTEM_OUT)
	void withoutFileLinesGoToStandardOutput() {
		assertThat(standardOutput("")).contains("a-line-of-this-test\n");
	}

	@Test
	@ResourceLock(Resources.SYSTEM_OUT)
	void withAFileNothingOfLogbackGoesToStandardOutput() {
		assertThat(standardOutput(this.folder.resolve("access.log").toString())).doesNotContain("LOGBACK",
				"a-line-of-this-test");
	}

	private static String standardOutput(String file) {
		ByteArrayOutputStream captured = new ByteArrayOutputStream();
		PrintStream before = System.out;
		System.setOut(new PrintStream(captured, true, StandardCharsets.US_ASCII));
		try (LogOutput output = open(file, 1_000_000)) {
			assertThat(output.write(bytes("a-line-of-this-test\n"))).isTrue();
		}
		finally {
			System.setOut(before);
		}
		return captured.toString(StandardCharsets.US_ASCII);
	}

	private static LogOutput open(String file, long maxFileSize) {
		return LogbackOutput.open(new AccessLogSettings(AccessLogFormat.JSON, file, maxFileSize, 2, 1024, false),
				Duration.buildByMilliseconds(0));
	}

	private static byte[] bytes(String lines) {
		return lines.getBytes(StandardCharsets.US_ASCII);
	}

}
