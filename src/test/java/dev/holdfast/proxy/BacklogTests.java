package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogTests {

	private static final int KIB = 1024;

	private final Source source = new Source();

	private final Backlog backlog = new Backlog(this.source);

	@Test
	void stopsTheSourceFromManyBytesOnUntilFewAreLeft() {
		Promise<Void> first = Promise.promise();
		Promise<Void> second = Promise.promise();
		this.backlog.add(20 * KIB, first.future());
		assertThat(this.backlog.isFull()).isFalse();
		assertThat(this.source.calls).isEmpty();
		this.backlog.add(50 * KIB, second.future());
		this.backlog.add(50 * KIB, Future.succeededFuture());
		assertThat(this.backlog.isFull()).isTrue();
		first.complete();
		assertThat(this.backlog.isFull()).isTrue();
		assertThat(this.source.calls).containsExactly("pause");
		second.complete();
		assertThat(this.backlog.isFull()).isFalse();
		assertThat(this.source.calls).containsExactly("pause", "resume");
	}

	@Test
	void letsTheSourceAloneOnceItIsAbandoned() {
		Promise<Void> sent = Promise.promise();
		this.backlog.add(100 * KIB, sent.future());
		this.backlog.abandon();
		sent.complete();
		assertThat(this.source.calls).containsExactly("pause");
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
		assertThat(this.source.calls).isEmpty();
	}

	@Test
	void smallMessagesCountForWhatItTakesToKeepThem() {
		for (int i = 0; i < 256; i++) {
			this.backlog.add(1, Promise.<Void>promise().future());
		}
		assertThat(this.backlog.isFull()).isTrue();
	}

	private static final class Source implements BodySource {

		private final List<String> calls = new ArrayList<>();

		@Override
		public void pause() {
			this.calls.add("pause");
		}

		@Override
		public void resume() {
			this.calls.add("resume");
		}

	}

}
