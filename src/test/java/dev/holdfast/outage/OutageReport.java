package dev.holdfast.outage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.holdfast.testing.EtcdBinary;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the rows measured as a page: every row of the matrix, also one that was not
 * played or did not hold.
 */
final class OutageReport {

	private static final String HEAD = """
			# Outages

			What clients and operators see while something is broken. Every row is a test (`OutageMatrixIT`, package
			`dev.holdfast.outage`): the packaged gateway, real etcd processes or a scripted one, two backends, some 300 requests a
			second through the gateway. A row holds when no request failed that a live backend could have served, the state
			told at `/registry/status` and `/actuator/health` was true all the while, and the gateway was live again and routed to
			what was registered then within 15 s of the repair, without a restart.

			```
			./mvnw -Poutages verify
			```

			plays all rows and writes this page. `./mvnw verify` plays those marked with +, `./mvnw -Pslow verify` all but those marked
			with *, which take minutes. One row:

			```
			./mvnw verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=OutageMatrixIT \\
			  -Dholdfast.outage.row='etcd killed, back after 1 s'
			```

			`-Dholdfast.etcd.version=3.5` plays them on another etcd than the one that is found first; what differs is told
			[elsewhere](etcd-versions.md).

			*Noticed* counts from the fault until `/registry/status`, asked every 50 ms, tells another state than `LIVE`.
			*Recovered* counts from the repair, or from the fault where the gateway mends it itself, until the gateway is `LIVE` and
			routes to a registration made then.

			What is played in another way than it happens: a partition that leaves the watched member alone, by halting the
			others; a disk that takes no snapshot, by a file in the place of its folder. A jump of the machine's clock is not played,
			for it needs the right to set that clock. The gateway of the first table waits 2 min for an answer and 3 min for an idle
			client: one that is halted for a minute finds all shorter times over, and answers 504 to what was under way.

			""";

	private OutageReport() {
	}

	/**
	 * Writes the page.
	 * @throws UncheckedIOException if it cannot be written
	 */
	static void write(Path file) {
		try {
			Files.writeString(file, page());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String page() {
		StringBuilder page = new StringBuilder(HEAD);
		page.append("Written on %s, %d processors, Java %s, etcd %s.\n".formatted(LocalDate.now(ZoneOffset.UTC),
				Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), EtcdBinary.version()));
		Matrix.ACTS.forEach((act) -> append(page, act));
		return page.toString();
	}

	private static <S extends Stage> void append(StringBuilder page, Act<S> act) {
		page.append("\n## ").append(act.title()).append("\n\n");
		line(page, List.of("fault", "what the gateway did", "noticed", "recovered", "requests", "failed"));
		line(page, List.of("---", "---", "--:", "--:", "--:", "--:"));
		act.rows().forEach((row) -> line(page, cells(row)));
	}

	private static void line(StringBuilder page, List<String> cells) {
		page.append("| ").append(String.join(" | ", cells)).append(" |\n");
	}

	private static List<String> cells(Outage<?> row) {
		List<String> cells = new ArrayList<>();
		cells.add(row.name() + switch (row.among()) {
			case ESSENTIAL -> " +";
			case USUAL -> "";
			case ALL -> " *";
		});
		Optional<OutageResult> played = OutageResult.load(row.name());
		if (played.isEmpty()) {
			cells.addAll(List.of("not played", "", "", "", ""));
			return cells;
		}
		OutageResult result = played.get();
		cells.add(did(result));
		cells.add(seconds(result.noticedAfterMillis()));
		cells.add(seconds(result.recoveredAfterMillis()));
		cells.add(String.format(Locale.ROOT, "%d", result.requests()));
		cells.add(String.format(Locale.ROOT, "%d", result.failed()));
		return cells;
	}

	private static String did(OutageResult result) {
		if (!result.failure().isEmpty()) {
			return "**did not hold**: " + result.failure().replace("|", "\\|");
		}
		String states = result.states().isEmpty() ? "" : "`" + String.join("` → `", result.states()) + "`";
		// Ports differ from run to run.
		String cause = result.cause().replaceAll("(?<=//[^/ ]{1,60}):\\d+", "").replace("|", "\\|");
		return cause.isEmpty() ? states : "%s; \"%s\"".formatted(states, cause);
	}

	private static String seconds(@Nullable Long millis) {
		return (millis == null) ? "–" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
	}

}
