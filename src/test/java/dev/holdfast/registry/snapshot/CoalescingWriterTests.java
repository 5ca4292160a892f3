package dev.holdfast.registry.snapshot;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.Revision;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what {@link SnapshotFile} leaves to {@link CoalescingWriter}: that a long
 * write is no burst of work.
 */
class CoalescingWriterTests {

	private static final CoalescingWriter.Pace PACE = new CoalescingWriter.Pace(Duration.ZERO, Duration.ofHours(1));

	/** Stands still unless a write moves it, so that only work counts. */
	private final AtomicLong nanoTime = new AtomicLong();

	private final List<String> steps = new CopyOnWriteArrayList<>();

	private volatile Thread writing = Thread.ofPlatform().unstarted(() -> {
	});

	@Test
	void aPieceOfWorkIsFollowedByARestThatEndsWhenTheWriterIsClosed() throws InterruptedException {
		CoalescingWriter<Snapshot> writer = writer(Duration.ofHours(1));
		writer.offer(Snapshot.EMPTY.at(new Revision(1, 1)));
		await().atMost(Patience.TIME).until(() -> this.writing.getState() == Thread.State.TIMED_WAITING);
		assertThat(this.steps).containsExactly("first piece");
		assertThat(writer.close(Patience.TIME)).isTrue();
		assertThat(this.steps).containsExactly("first piece", "second piece");
	}

	@Test
	void whoseWorkTookNoTimeDoesNotRest() throws InterruptedException {
		CoalescingWriter<Snapshot> writer = writer(Duration.ZERO);
		writer.offer(Snapshot.EMPTY.at(new Revision(1, 1)));
		await().atMost(Patience.TIME).until(() -> this.steps.size() == 2);
		assertThat(writer.close(Patience.TIME)).isTrue();
	}

	private CoalescingWriter<Snapshot> writer(Duration work) {
		return new CoalescingWriter<>("snapshot-file-test", (snapshot, rest) -> {
			this.steps.add("first piece");
			this.nanoTime.addAndGet(work.toNanos());
			this.writing = Thread.currentThread();
			rest.run();
			this.steps.add("second piece");
			return true;
		}, PACE, this.nanoTime::get);
	}

}
