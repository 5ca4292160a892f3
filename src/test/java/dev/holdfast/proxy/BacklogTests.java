package dev.holdfast.proxy;

import java.util.concurrent.atomic.AtomicInteger;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogTests {

	private static final int KIB = 1024;

	private final AtomicInteger drained = new AtomicInteger();

	private final Backlog backlog = new Backlog(this.drained::incrementAndGet);

	@Test
	void isFullFromManyBytesOnUntilFewAreLeft() {
		Promise<Void> first = Promise.promise();
		Promise<Void> second = Promise.promise();
		this.backlog.add(20 * KIB, first.future());
		assertThat(this.backlog.isFull()).isFalse();
		this.backlog.add(50 * KIB, second.future());
		assertThat(this.backlog.isFull()).isTrue();
		first.complete();
		assertThat(this.backlog.isFull()).isTrue();
		assertThat(this.drained).hasValue(0);
		second.complete();
		assertThat(this.backlog.isFull()).isFalse();
		assertThat(this.drained).hasValue(1);
	}

	@Test
	void whatIsSentAtOnceOrDroppedDoesNotCount() {
		for (int i = 0; i < 100; i++) {
			Promise<Void> dropped = Promise.promise();
			this.backlog.add(KIB, Future.succeededFuture());
			this.backlog.add(KIB, dropped.future());
			dropped.fail("closed");
		}
		assertThat(this.backlog.isFull()).isFalse();
		assertThat(this.drained).hasValue(0);
	}

	@Test
	void smallMessagesCountForWhatItTakesToKeepThem() {
		for (int i = 0; i < 256; i++) {
			this.backlog.add(1, Promise.<Void>promise().future());
		}
		assertThat(this.backlog.isFull()).isTrue();
	}

}
