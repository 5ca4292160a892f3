package dev.holdfast.admin;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class JournalControllerTests {

	private final FakeRegistry registry = new FakeRegistry();

	@BeforeEach
	void fill() {
		this.registry.setJournal(entry(1, "orders", 11, 1200, Change.Cause.PUT, "o1"),
				entry(2, "users", 12, 590, Change.Cause.EXPIRED, "u1"),
				entry(3, "orders", 13, 30, Change.Cause.HELD, "o1"));
	}

	private static JournalEntry entry(long sequence, String service, long revision, long secondsAgo, Change.Cause cause,
			String instance) {
		return new JournalEntry(sequence, new ServiceName(service),
				new Change(revision, FakeRegistry.PROVEN_AT.minusSeconds(secondsAgo), cause, instance, "detail"));
	}

	@Test
	void theNewestChangeOfAllServicesComesFirst() {
		assertThat(get("")).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"items": [
					{"sequence": 3, "service": "orders", "revision": 13, "time": "2026-01-02T03:03:35Z",
						"cause": "HELD", "instance": "o1", "detail": "detail"},
					{"sequence": 2, "service": "users", "revision": 12, "time": "2026-01-02T02:54:15Z",
						"cause": "EXPIRED", "instance": "u1", "detail": "detail"},
					{"sequence": 1, "service": "orders", "revision": 11, "time": "2026-01-02T02:44:05Z",
						"cause": "PUT", "instance": "o1", "detail": "detail"}],
				"page": 0, "size": 100, "total": 3, "reachesBackTo": null}""");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			since=10m                               | 3 2
			since=PT10M                             | 3 2
			since=2026-01-02T02:54:15Z              | 3 2
			since=2026-01-02T03:54:16%2B01:00       | 3
			until=10m                               | 1
			since=20m&until=1m                      | 2 1
			sinceRevision=12                        | 3 2
			untilRevision=12                        | 2 1
			sinceRevision=12&untilRevision=12       | 2
			after=2                                 | 3
			cause=held,PUT                          | 3 1
			q=USER                                  | 2
			q=o1                                    | 3 1
			q=nothing                               | -
			sort=time                               | 1 2 3
			sort=-time                              | 3 2 1
			size=1                                  | 3
			size=2&page=1                           | 1
			""")
	void changesAreFoundByTimeRevisionCauseAndText(String query, String sequences) {
		List<String> expected = (sequences != null) ? List.of(sequences.split(" ")) : List.of();
		assertThat(get("?" + query)).hasStatusOk()
			.bodyJson()
			.extractingPath("$.items[*].sequence")
			.asArray()
			.extracting(String::valueOf)
			.isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "since=yesterday, since", "until=2026-13-01T00:00:00Z, until", "sinceRevision=-1, sinceRevision",
			"untilRevision=x, untilRevision", "after=-, after", "cause=LOST, cause", "sort=name, sort",
			"size=1001, size", "page=-1, page" })
	void whatIsNoQueryIsRefusedByTheParametersName(String query, String parameter) {
		assertThat(get("?" + query)).hasStatus(HttpStatus.BAD_REQUEST).bodyJson().isLenientlyEqualTo("""
				{"code": "bad-parameter", "parameter": "%s"}""".formatted(parameter));
	}

	@Test
	void itIsToldHowFarItReachesBackWhenSomethingHasBeenForgotten() {
		this.registry
			.setJournal(Stream.of(entry(7, "orders", 11, 60, Change.Cause.PUT, "o1")).toArray(JournalEntry[]::new));
		assertThat(get("")).bodyJson()
			.hasPathSatisfying("$.reachesBackTo", (time) -> assertThat(time).isEqualTo("2026-01-02T03:03:05Z"));
	}

	private MvcTestResult get(String query) {
		return new AdminApi(this.registry).tester().get().uri(URI.create("/registry/journal" + query)).exchange();
	}

}
