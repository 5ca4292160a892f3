package dev.holdfast.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StoreFollowerTests {

	private final FollowerTime time = new FollowerTime();

	private final FakeStore store = new FakeStore();

	private final Recorder recorder = new Recorder();

	private final StoreFollower follower = new StoreFollower("test", this.store,
			new FollowerSettings("/routes/", Duration.ofSeconds(5), Duration.ofMinutes(5)), this.recorder, this.time,
			this.time, new Random(1));

	@Test
	void listsWhatIsThereAndHearsOfWhatComes() {
		this.store.put("/routes/a", "1");
		this.store.put("/other/a", "1");
		at(2, () -> this.store.put("/routes/b", "2"));
		at(3, () -> this.store.delete("/routes/a"));
		runFor(4);
		assertThat(this.recorder.heard).containsSubsequence("listed a=1", "proven", "put b=2", "deleted a");
		assertThat(this.store.connects).isEqualTo(1);
	}

	@Test
	void aWatchThatFallsSilentIsReplacedAndWhatItMissedIsHeardOf() {
		this.store.put("/routes/a", "1");
		at(7, () -> this.store.silent = true);
		at(8, () -> this.store.delete("/routes/a"));
		at(20, () -> this.store.silent = false);
		runFor(40);
		assertThat(this.recorder.heard).contains("deleted a");
		assertThat(this.recorder.lost).isNotEmpty().allMatch((reason) -> reason.contains("no proof of delivery"));
	}

	@Test
	void deletionsOfAnOutageAreHeardOfOneByOne() {
		this.store.put("/routes/a", "1");
		outage(() -> this.store.delete("/routes/a"));
		runFor(60);
		assertThat(this.recorder.heard).containsSubsequence("lost", "listed", "deleted a", "proven");
	}

	@Test
	void aConnectionThatBreaksBeforeItsFirstProofHasForgottenNothing() {
		this.store.put("/routes/a", "1");
		outage(() -> {
			this.store.delete("/routes/a");
			this.store.headFailures = 1;
		});
		runFor(60);
		assertThat(this.recorder.heard).containsSubsequence("lost", "listed", "lost", "listed", "deleted a", "proven");
	}

	@Test
	void aListenerThatFailsWhenAConnectionIsLostEndsNothing() {
		at(12, () -> {
			this.recorder.failure = new StackOverflowError();
			this.store.cut();
		});
		at(20, () -> this.store.put("/routes/a", "1"));
		runFor(60);
		assertThat(this.recorder.heard).containsSubsequence("lost", "listed", "put a=1");
	}

	@Test
	void whatIsForgottenIsNotWaitedFor() {
		this.store.put("/routes/a", "1");
		outage(() -> {
			this.store.delete("/routes/a");
			this.store.put("/routes/b", "1");
			this.store.compact();
		});
		runFor(60);
		assertThat(this.recorder.heard).containsSubsequence("lost", "listed b=1", "proven").doesNotContain("deleted a");
	}

	@Test
	void aWipedStoreIsAskedForNothingOfTheHistoryBefore() {
		this.store.put("/routes/a", "1");
		outage(this.store::wipe);
		runFor(60);
		assertThat(this.recorder.heard).containsSubsequence("lost", "listed", "proven").doesNotContain("deleted a");
	}

	@Test
	void aStoreThatDeniesThePermissionIsAskedOnceAMinute() {
		this.store.denied = true;
		at(150, () -> this.store.denied = false);
		runFor(200);
		assertThat(this.recorder.heard).startsWith("denied", "denied", "denied", "listed");
		assertThat(this.store.connects).isEqualTo(4);
	}

	@Test
	void whatTheWatchMissedIsFoundByTheNextList() {
		this.store.put("/routes/a", "1");
		runFor(700);
		assertThat(this.recorder.heard.stream().filter("listed a=1"::equals)).hasSizeBetween(2, 4);
		assertThat(this.store.connects).isEqualTo(1);
	}

	private void outage(Runnable meanwhile) {
		at(12, () -> {
			this.store.reachable = false;
			this.store.cut();
		});
		at(20, meanwhile);
		at(30, () -> this.store.reachable = true);
	}

	private void at(int seconds, Runnable action) {
		this.time.at(Duration.ofSeconds(seconds), action);
	}

	private void runFor(int seconds) {
		at(seconds, this.follower::close);
		this.follower.run();
	}

	/**
	 * Keeps what was heard, in words.
	 */
	private static final class Recorder implements StoreListener {

		private final List<String> heard = new ArrayList<>();

		private final List<String> lost = new ArrayList<>();

		private Revision proven = Revision.NONE;

		/** What it fails with when it hears of a lost connection. */
		private @Nullable Error failure;

		@Override
		public Revision known() {
			return this.proven;
		}

		@Override
		public void onListed(Revision revision, List<StoredEntry> entries) {
			this.heard.add(entries.stream().map(Recorder::text).reduce("listed", (one, other) -> one + " " + other));
		}

		@Override
		public void onChanges(List<StoreSignal.Change> changes) {
			for (StoreSignal.Change change : changes) {
				this.heard.add(switch (change) {
					case StoreSignal.Change.Put(StoredEntry entry) -> "put " + text(entry);
					case StoreSignal.Change.Deleted(String key, long revision) -> "deleted " + name(key);
				});
			}
		}

		@Override
		public void onSettled() {
			// What was heard counts at once.
		}

		@Override
		public void onProven(Revision revision) {
			this.proven = revision;
			this.heard.add("proven");
		}

		@Override
		public void onLost(String reason, boolean denied) {
			this.lost.add(reason);
			this.heard.add(denied ? "denied" : "lost");
			if (this.failure != null) {
				throw this.failure;
			}
		}

		@Override
		public void onTick() {
			// Nothing to do.
		}

		private static String text(StoredEntry entry) {
			return name(entry.key()) + "=" + new String(entry.value(), StandardCharsets.UTF_8);
		}

		private static String name(String key) {
			return key.substring(key.lastIndexOf('/') + 1);
		}

	}

}
