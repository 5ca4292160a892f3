package dev.holdfast.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class EventRingTests {

	private static final ObjectMapper mapper = new ObjectMapper();

	private final EventRing ring = new EventRing(100, 1000);

	@Test
	void aFrameHasEachEventWithItsIdAsServerSentEventsAreWritten() throws Exception {
		append("a", "b");
		assertThat(text(100)).isEqualTo("""
				id: 101
				event: test
				data: {"name":"a"}

				id: 102
				event: test
				data: {"name":"b"}

				""");
		assertThat(this.ring.state().eventId()).isEqualTo(102);
	}

	@Test
	void aReplayBeginsBehindTheLastEventAlsoWithinAFrame() throws Exception {
		append("a", "b", "c");
		append("d");
		assertThat(names(100)).containsExactly("a", "b", "c", "d");
		assertThat(names(101)).containsExactly("b", "c", "d");
		assertThat(names(102)).containsExactly("c", "d");
		assertThat(names(103)).containsExactly("d");
		assertThat(this.ring.next(104, Duration.ZERO)).isInstanceOf(EventRing.Next.Nothing.class);
	}

	@Test
	void whoFellOutOfTheRingIsToldSo() throws Exception {
		append("a");
		append("x".repeat(600));
		assertThat(this.ring.reachesBackTo(100)).isTrue();
		append("y".repeat(600));
		assertThat(this.ring.reachesBackTo(100)).isFalse();
		assertThat(this.ring.reachesBackTo(102)).isTrue();
		assertThat(this.ring.next(101, Duration.ZERO)).isInstanceOf(EventRing.Next.Gone.class);
		assertThat(names(102)).containsExactly("y".repeat(600));
	}

	@Test
	void idsOfTheFutureAreNoneOfThisGateways() throws Exception {
		assertThat(this.ring.reachesBackTo(100)).isTrue();
		assertThat(this.ring.reachesBackTo(101)).isFalse();
		assertThat(this.ring.reachesBackTo(99)).isFalse();
		assertThat(this.ring.next(101, Duration.ZERO)).isInstanceOf(EventRing.Next.Gone.class);
	}

	@Test
	void oneFrameIsKeptHoweverLargeItIs() throws Exception {
		append("x".repeat(5000));
		assertThat(names(100)).containsExactly("x".repeat(5000));
	}

	@Test
	void aStreamThatWaitsForItsTurnSendsAllThatHasComeMeanwhileAtOnce() throws Exception {
		List<String> sent = new CopyOnWriteArrayList<>();
		ByteArrayOutputStream output = new ByteArrayOutputStream() {

			@Override
			public void flush() {
				sent.add(toString(StandardCharsets.UTF_8));
				reset();
			}

		};
		EventStream stream = new EventStream(this.ring, Duration.ofMinutes(10), output, 100, () -> append("b"));
		Thread client = Thread.ofVirtual().start(() -> {
			try {
				stream.run(new byte[0]);
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		await().until(() -> sent.size() == 1);
		append("a");
		await().until(() -> sent.size() == 2);
		this.ring.close();
		client.join();
		assertThat(sent.get(0)).isEmpty();
		assertThat(sent.get(1)).contains("{\"name\":\"a\"}", "{\"name\":\"b\"}");
	}

	@Test
	void whoWaitsIsWokenByAnEventAndByTheEnd() throws Exception {
		CompletableFuture<EventRing.Next> event = waiting(100);
		append("a");
		assertThat(event.get()).isInstanceOf(EventRing.Next.Events.class);
		CompletableFuture<EventRing.Next> end = waiting(101);
		this.ring.close();
		assertThat(end.get()).isInstanceOf(EventRing.Next.Closed.class);
	}

	private CompletableFuture<EventRing.Next> waiting(long id) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return this.ring.next(id, Duration.ofMinutes(1));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}, (task) -> Thread.ofVirtual().start(task));
	}

	private void append(String... names) {
		EventFrame.Builder frame = new EventFrame.Builder(mapper, this.ring.state().eventId() + 1, Integer.MAX_VALUE);
		List.of(names).forEach((name) -> frame.add("test", Map.of("name", name)));
		this.ring.append(frame.build(), RegistryState.NONE);
	}

	private List<String> names(long id) throws Exception {
		return text(id).lines()
			.filter((line) -> line.startsWith("data: "))
			.map((line) -> line.substring("data: {\"name\":\"".length(), line.length() - 2))
			.toList();
	}

	private String text(long id) throws IOException, InterruptedException {
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		long last = id;
		while (this.ring.next(last, Duration.ZERO) instanceof EventRing.Next.Events events) {
			events.frame().writeTo(text, last);
			last = events.frame().last();
		}
		assertThat(last).isEqualTo(this.ring.state().eventId());
		return text.toString(StandardCharsets.UTF_8);
	}

}
