package dev.holdfast.admin;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

import static org.assertj.core.api.Assertions.assertThat;

class EventFeedTests {

	private static final ObjectMapper mapper = Jackson2ObjectMapperBuilder.json().build();

	private final FakeRegistry registry = new FakeRegistry();

	private final SnapshotChanges changes = new SnapshotChanges();

	private final Overrides overrides = new Overrides(() -> FakeRegistry.PROVEN_AT, Optional.empty());

	private final EventFeed feed = new EventFeed(this.registry, this.changes, this.overrides, mapper,
			new EventStreamSettings(1, Duration.ofSeconds(15), 1_000_000, 10_000), 100);

	private long last = 100;

	@Test
	void aServiceIsToldWithWhatDiffersFromWhatWasToldLast() throws Exception {
		this.registry.subscribe(this.changes);
		this.registry.with("orders", "o1", "o2");
		assertThat(told("service")).singleElement()
			.satisfies((event) -> assertThat(event.toString()).contains("\"name\":\"orders\"", "\"known\":true",
					"\"id\":\"o1\"", "\"id\":\"o2\"", "\"modRevision\":1", "\"removed\":[]"));
		this.registry.with("orders", "o2", "o3");
		JsonNode event = told("service").getFirst();
		assertThat(event.path("put").findValuesAsText("id")).containsExactly("o2", "o3");
		assertThat(event.path("removed")).singleElement().returns("o1", JsonNode::asText);
	}

	@Test
	void manyChangesOfAServiceBetweenTwoFramesAreOneEvent() throws Exception {
		this.registry.subscribe(this.changes);
		IntStream.range(0, 1000).forEach((i) -> this.registry.with("orders", "o" + i));
		assertThat(told("service")).singleElement()
			.satisfies((event) -> assertThat(event.path("put").findValuesAsText("id")).containsExactly("o999"));
	}

	@Test
	void nothingIsToldWhereNothingChanged() throws Exception {
		told("status");
		assertThat(told("status")).isEmpty();
		assertThat(this.feed.ring().state().eventId()).isEqualTo(this.last);
	}

	@Test
	void aServiceThatLostAllItsInstancesIsStillKnown() throws Exception {
		this.registry.subscribe(this.changes);
		this.registry.with("orders", "o1");
		told("service");
		this.registry.with("orders");
		JsonNode event = told("service").getFirst();
		assertThat(event.path("known").asBoolean()).isTrue();
		assertThat(event.path("removed")).hasSize(1);
	}

	@Test
	void theStatusIsToldWhenItChangesAndNotWithEachProof() throws Exception {
		this.registry.subscribe(this.changes);
		this.registry.with("orders", "o1");
		assertThat(told("status")).singleElement().returns("LIVE", (event) -> event.path("state").asText());
		this.registry.become(
				new RegistryStatus.Live(this.registry.snapshot().revision(), FakeRegistry.PROVEN_AT.plusSeconds(5)));
		assertThat(told("status")).isEmpty();
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		assertThat(told("status").getFirst().path("cause").asText()).isEqualTo("connection refused");
	}

	@Test
	void heldRemovalsAreToldWhenTheyBeginAndWhenTheyEnd() throws Exception {
		this.registry.with("orders", "o1", "o2").hold("orders", "o1");
		assertThat(told("held").getFirst().at("/put/0/instance").asText()).isEqualTo("o1");
		assertThat(this.registry.approve(new HeldSelection(Optional.empty(), Optional.empty()), "")).isCompleted();
		assertThat(told("held").getFirst().at("/removed/0/instance").asText()).isEqualTo("o1");
		assertThat(this.feed.ring().state().held()).isEmpty();
	}

	@Test
	void theLastOfManyChangesAreToldAndHowManyAreLeftOut() throws Exception {
		this.registry.setJournal(IntStream.rangeClosed(1, 60)
			.mapToObj((i) -> new JournalEntry(i, new ServiceName("orders"),
					new Change(i, FakeRegistry.PROVEN_AT, Change.Cause.PUT, "o" + i, "")))
			.toArray(JournalEntry[]::new));
		JsonNode event = told("changes").getFirst();
		assertThat(event.path("omitted").asInt()).isEqualTo(10);
		assertThat(event.path("changes")).hasSize(50);
		assertThat(event.at("/changes/49/sequence").asLong()).isEqualTo(60);
		assertThat(event.at("/changes/49/instance").asText()).isEqualTo("o60");
		assertThat(told("changes")).isEmpty();
	}

	@Test
	void whatIsTooMuchForOneFrameIsNotStreamedAndTheStateHasIt() throws Exception {
		this.registry.subscribe(this.changes);
		IntStream.range(0, 100).forEach((i) -> this.registry.with("s" + i, "i1", "i2"));
		assertThat(told("reset")).hasSize(1);
		assertThat(this.feed.ring().state().snapshot()).isEqualTo(this.registry.snapshot());
		assertThat(this.feed.ring().state().eventId()).isEqualTo(101);
	}

	@Test
	void everySnapshotIsTakenThatThePublisherHandsOver() throws Exception {
		this.registry.subscribe(this.changes);
		this.registry.with("orders", "o1");
		SnapshotChanges.Changes taken = this.changes.take(Duration.ofMinutes(1));
		assertThat(taken.services()).containsExactly(new ServiceName("orders"));
		assertThat(taken.snapshot()).isSameAs(this.registry.snapshot());
		assertThat(this.changes.take(Duration.ZERO).services()).isEmpty();
	}

	private List<JsonNode> told(String name) throws Exception {
		this.feed.tell(this.changes.take(Duration.ZERO));
		List<JsonNode> found = new ArrayList<>();
		while (this.feed.ring().next(this.last, Duration.ZERO) instanceof EventRing.Next.Events events) {
			ByteArrayOutputStream text = new ByteArrayOutputStream();
			events.frame().writeTo(text, this.last);
			this.last = events.frame().last();
			for (String event : text.toString(StandardCharsets.UTF_8).split("\n\n", -1)) {
				if (event.contains("\nevent: " + name + "\n")) {
					found.add(mapper.readTree(event.substring(event.indexOf("\ndata: ") + 7)));
				}
			}
		}
		return found;
	}

}
