package dev.holdfast.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScriptedEtcdTests {

	private static final String NOTHING = "nothing";

	private final ScriptedEtcd etcd = ScriptedEtcd.start();

	private final Client client = Client.builder().endpoints(this.etcd.endpoint()).build();

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@AfterEach
	void stop() {
		this.client.close();
		this.etcd.close();
	}

	@Test
	void readsGiveTheKeysOfTheRangeInPages() {
		this.etcd.put("/a/2", "two");
		this.etcd.put("/a/1", "one");
		this.etcd.put("/b/1", "other");
		GetResponse page = get(GetOption.builder().isPrefix(true).withLimit(1).build());
		assertThat(page.getKvs()).extracting(KeyValue::getValue).containsExactly(bytes("one"));
		assertThat(page.isMore()).isTrue();
		assertThat(page.getCount()).isEqualTo(2);
		assertThat(page.getHeader().getRevision()).isEqualTo(4);
	}

	@Test
	void watchesGiveWhatWasMissedWhatComesAndProgress() throws InterruptedException {
		long first = this.etcd.put("/a/1", "one");
		Watch.Watcher watcher = watch(first);
		assertThat(next()).isEqualTo("PUT /a/1");
		this.etcd.put("/b/1", "other");
		this.etcd.delete("/a/1");
		assertThat(next()).isEqualTo("DELETE /a/1");
		watcher.requestProgress();
		assertThat(next()).isEqualTo("at 4");
	}

	@ParameterizedTest
	@MethodSource("ends")
	void openWatchesEndAsTold(WatchAnswer answer, String expected) throws InterruptedException {
		watch(this.etcd.put("/a/1", "one"));
		assertThat(next()).isEqualTo("PUT /a/1");
		this.etcd.answerWatches(answer);
		assertNext(expected);
	}

	static Stream<Arguments> ends() {
		return Stream.of(Arguments.of(new WatchAnswer.Completion(), "completed"),
				Arguments.of(new WatchAnswer.Failure(Status.RESOURCE_EXHAUSTED), "RESOURCE_EXHAUSTED"),
				Arguments.of(new WatchAnswer.Reset(), "CANCELLED"),
				Arguments.of(new WatchAnswer.Nothing(), "UNAVAILABLE"),
				Arguments.of(new WatchAnswer.Silence(), NOTHING));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void newWatchesAreAnsweredAsTold(WatchAnswer answer, String expected) throws InterruptedException {
		this.etcd.answerWatches(answer);
		watch(this.etcd.put("/a/1", "one"));
		assertNext(expected);
	}

	static Stream<Arguments> answers() {
		return Stream.of(Arguments.of(new WatchAnswer.Completion(), "completed"),
				Arguments.of(new WatchAnswer.Failure(Status.UNAUTHENTICATED), "UNAUTHENTICATED"),
				Arguments.of(new WatchAnswer.Reset(), "CANCELLED"), Arguments.of(new WatchAnswer.Silence(), NOTHING),
				Arguments.of(new WatchAnswer.Nothing(), NOTHING),
				// jetcd says nothing of it, which is why the gateway must find out.
				Arguments.of(new WatchAnswer.CreatedAndCancelled("because"), NOTHING));
	}

	private GetResponse get(GetOption option) {
		return this.client.getKVClient().get(bytes("/a/"), option).join();
	}

	private Watch.Watcher watch(long from) {
		return this.client.getWatchClient()
			.watch(bytes("/a/"), WatchOption.builder().isPrefix(true).withRevision(from).build(), Watch.listener(
					(response) -> this.heard
						.addAll(response.getEvents().isEmpty() ? List.of("at " + response.getHeader().getRevision())
								: response.getEvents()
									.stream()
									.map((event) -> event.getEventType() + " " + event.getKeyValue().getKey())
									.toList()),
					(error) -> this.heard.add(((EtcdException) error).getErrorCode().name()),
					() -> this.heard.add("completed")));
	}

	private void assertNext(String expected) throws InterruptedException {
		if (expected.equals(NOTHING)) {
			assertThat(this.heard.poll(2, TimeUnit.SECONDS)).isNull();
		}
		else {
			assertThat(next()).contains(expected);
		}
	}

	private @Nullable String next() throws InterruptedException {
		return this.heard.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
