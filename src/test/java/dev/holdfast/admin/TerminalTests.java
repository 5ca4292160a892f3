package dev.holdfast.admin;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The lines that the README gives an operator, as they stand there.
 */
class TerminalTests {

	@Test
	void everyLineOfTheReadmeSaysSomething() throws Exception {
		Assumptions.assumeTrue(Stream.of("curl", "jq").allMatch(TerminalTests::isInstalled), "curl or jq is missing");
		FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2").hold("orders", "o1");
		Change change = new Change(12, Instant.now(), Change.Cause.PUT, "o1", "http://10.0.0.5:8080");
		registry.setHistory(change);
		registry.setJournal(new JournalEntry(1, new ServiceName("orders"), change));
		registry.setUnreadable(new UnreadableRecord("/services/x", "no JSON", 7, FakeRegistry.PROVEN_AT));
		registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(1, 0, 0, 0, 1, 2)));
		try (AdminServer server = AdminServer.over(registry, (context) -> {
		})) {
			List<String> lines = lines();
			assertThat(lines).hasSizeGreaterThanOrEqualTo(10);
			for (String line : lines) {
				String output = run(line.replace("localhost:8081", "localhost:" + server.port()));
				assertThat(output).as(line).isNotBlank().doesNotContain("error", "null");
			}
		}
	}

	private static List<String> lines() throws Exception {
		String readme = Files.readString(Path.of("README.md"));
		String section = readme.substring(readme.indexOf("### At a terminal"));
		return section.substring(section.indexOf("```sh"), section.indexOf("```\n")).lines().skip(1).toList();
	}

	private static boolean isInstalled(String program) {
		return Stream.of(System.getenv("PATH").split(":", -1))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, program)));
	}

	private static String run(String line) throws Exception {
		ProcessBuilder shell = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true);
		shell.environment().put("TOKEN", AdminApi.TOKEN);
		Process process = shell.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(line + "\n" + output).isZero();
		return output;
	}

}
