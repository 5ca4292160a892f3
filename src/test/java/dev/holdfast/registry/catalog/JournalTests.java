package dev.holdfast.registry.catalog;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalTests {

	private final Journal journal = new Journal();

	@Test
	void changesOfAllServicesAreInTheOrderInWhichTheyWereTaken() {
		History history = new History(Clock.systemUTC());
		history.record(new ServiceName("orders"), 5, Change.Cause.PUT, "o1", "");
		history.record(new ServiceName("users"), 6, Change.Cause.EXPIRED, "u1", "");
		assertThat(history.after(0)).extracting((entry) -> entry.service().value()).containsExactly("orders", "users");
		assertThat(history.after(0)).extracting(JournalEntry::sequence).containsExactly(1L, 2L);
		assertThat(history.after(1)).extracting((entry) -> entry.change().instance()).containsExactly("u1");
		assertThat(history.after(2)).isEmpty();
	}

	@Test
	void theOldestAreForgottenAndAtLeastTenThousandAreNot() {
		long added = Journal.LENGTH + 10L;
		add(added);
		List<JournalEntry> all = this.journal.after(0);
		assertThat(all).hasSizeGreaterThanOrEqualTo(10_000);
		assertThat(all.getFirst().sequence()).isEqualTo(11);
		assertThat(all.getLast().sequence()).isEqualTo(added);
		assertThat(this.journal.after(added + 1)).isEmpty();
	}

	@Test
	void aReaderBesideTheWriterSeesOneOrder() {
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> add(Journal.LENGTH * 4L),
				(task) -> Thread.ofVirtual().start(task));
		do {
			List<Long> seen = this.journal.after(0).stream().map(JournalEntry::sequence).toList();
			assertThat(seen).isSorted().doesNotHaveDuplicates();
			if (!seen.isEmpty()) {
				assertThat(seen.getLast() - seen.getFirst()).isEqualTo(seen.size() - 1L);
			}
		}
		while (!writer.isDone());
		assertThat(this.journal.after(0)).hasSize(Journal.LENGTH);
	}

	private void add(long number) {
		LongStream.range(0, number)
			.forEach((i) -> this.journal.add(new ServiceName("orders"),
					new Change(i, Instant.EPOCH, Change.Cause.PUT, "o" + i, "")));
	}

}
