package dev.holdfast.proxy.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Connections to instances that speak HTTP/2, with the time moved by hand.
 */
class Http2BackendConnectionTests {

	private static final Duration IDLE = Duration.ofSeconds(15);

	private static final Duration YOUNGEST = Duration.ofMinutes(90);

	private static final Duration OLDEST = Duration.ofMinutes(110);

	private static final Duration NANO = Duration.ofNanos(1);

	private static final Duration CONNECT = Duration.ofSeconds(20);

	/** DATA of a stream that was never opened. */
	private static final byte[] UNASKED_DATA = { 0, 0, 0, 0, 0, 0, 0, 0, 101 };

	private static final long REFUSED_STREAM = 0x7;

	private static final long CANCEL = 0x8;

	private final BackendLoop loop = new BackendLoop(new HostResolver(HostLookup.system()), Map.of(), CONNECT);

	@AfterEach
	void stop() {
		this.loop.close();
	}

	@Test
	void requestsShareAConnection() throws IOException {
		try (Http2Backend instance = Http2Backend.answering("ok")) {
			List<RecordedResponse> responses = ask(instance, 3);
			responses.forEach(Http2BackendConnectionTests::awaitEnd);
			assertThat(this.loop.exchange(endpoint(instance), WireProtocol.HTTP2)).isEqualTo("reused");
			assertThat(instance.wires()).hasSize(1);
		}
	}

	@Test
	void aRequestWaitsForAPlaceOrAnotherConnection() throws IOException {
		try (Http2Backend instance = new Http2Backend(new Http2Settings().maxConcurrentStreams(1), (wire) -> {
			while (true) {
				int stream = wire.nextHead().stream();
				wire.answer(stream, "200", false);
				wire.data(stream, "ok", true);
			}
		})) {
			List<RecordedResponse> responses = ask(instance, 3);
			responses.forEach(Http2BackendConnectionTests::awaitEnd);
			assertThat(instance.wires().size()).isBetween(1, 3);
		}
	}

	@Test
	void anInstanceThatTakesNoStreamsIsNoConnection() throws IOException {
		try (Http2Backend instance = new Http2Backend(new Http2Settings().maxConcurrentStreams(0),
				Http2Wire::awaitEnd)) {
			assertThat(this.loop.acquire(endpoint(instance), WireProtocol.HTTP2).take()).containsExactly("OTHER: ");
		}
	}

	@Test
	void anIdleConnectionIsClosedWhenItsTimeIsOver() throws IOException {
		try (Http2Backend instance = Http2Backend.answering("ok")) {
			this.loop.exchange(endpoint(instance), WireProtocol.HTTP2);
			this.loop.after(IDLE.minus(NANO));
			assertThat(this.loop.exchange(endpoint(instance), WireProtocol.HTTP2)).isEqualTo("reused");
			RecordedResponse busy = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.after(IDLE.multipliedBy(10));
			this.loop.get(busy);
			awaitEnd(busy);
			this.loop.after(IDLE);
			instance.wires().getFirst().awaitEnd();
			assertThat(this.loop.exchange(endpoint(instance), WireProtocol.HTTP2)).isEqualTo("connected");
		}
	}

	@Test
	void aConnectionThatIsTooOldTakesNoMoreRequestsAndEnds() throws IOException {
		try (Http2Backend instance = Http2Backend.answering("ok")) {
			RecordedResponse last = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.after(YOUNGEST.minus(NANO));
			RecordedResponse second = ask(instance, 1).getFirst();
			this.loop.get(last);
			awaitEnd(second);
			awaitEnd(last);
			this.loop.after(OLDEST.minus(YOUNGEST));
			assertThat(this.loop.exchange(endpoint(instance), WireProtocol.HTTP2)).isEqualTo("connected");
			instance.wires().getFirst().awaitEnd();
		}
	}

	@Test
	void anInstanceThatGoesAwayFinishesWhatItHasSeen() throws IOException {
		try (Http2Backend instance = new Http2Backend((wire) -> {
			int first = wire.nextHead().stream();
			wire.nextHead();
			wire.goAway(first);
			wire.answer(first, "200", false);
			wire.data(first, "ok", true);
			wire.awaitEnd();
		})) {
			List<RecordedResponse> responses = ask(instance, 2);
			awaitEnd(responses.getFirst());
			await().until(() -> responses.getLast().events.size() == 2);
			assertThat(responses.getLast().events).containsExactly("connected",
					new BackendFailure.Refused().toString());
			instance.wires().getFirst().awaitEnd();
			assertThat(this.loop.acquire(endpoint(instance), WireProtocol.HTTP2).take()).containsExactly("connected");
		}
	}

	@Test
	void aBrokenConnectionIsToldToOneRequestFirst() throws IOException {
		try (Http2Backend instance = new Http2Backend((wire) -> {
			wire.nextHead();
			wire.nextHead();
		})) {
			List<RecordedResponse> responses = ask(instance, 2);
			await().until(() -> responses.stream().allMatch((response) -> response.events.size() == 2));
			assertThat(responses.stream().flatMap((response) -> response.events.stream()))
				.containsExactlyInAnyOrderElementsOf(Stream
					.of("connected", "connected", new BackendFailure.ConnectionBroken(true, false),
							new BackendFailure.ConnectionBroken(false, false))
					.map(Object::toString)
					.toList());
		}
	}

	@Test
	void aConnectionThatBreaksTheRulesIsToldToOneRequestFirst() throws IOException {
		try (Http2Backend instance = new Http2Backend((wire) -> {
			wire.nextHead();
			wire.nextHead();
			wire.bytes(UNASKED_DATA);
			wire.awaitEnd();
		})) {
			List<RecordedResponse> responses = ask(instance, 2);
			await().until(() -> responses.stream().allMatch((response) -> response.events.size() == 2));
			assertThat(responses.stream().map((response) -> response.events.getLast())).containsExactlyInAnyOrder(
					new BackendFailure.Malformed(true).toString(), new BackendFailure.Malformed(false).toString());
		}
	}

	@Test
	void aFailureCanMakeRoomForOthersThatWait() throws IOException {
		try (Http2Backend instance = new Http2Backend(new Http2Settings().maxConcurrentStreams(1),
				Http2Wire::awaitEnd)) {
			RecordedResponse running = ask(instance, 1).getFirst();
			await().until(() -> !running.events.isEmpty());
			instance.stopListening();
			RecordedResponse waiting = new RecordedResponse();
			RecordedResponse failing = new RecordedResponse().onConnectFailed(running.stream()::cancel);
			Endpoint endpoint = endpoint(instance);
			this.loop.run(() -> {
				this.loop.askNow(endpoint, WireProtocol.HTTP2, false, failing);
				this.loop.askNow(endpoint, WireProtocol.HTTP2, false, waiting);
			});
			await().until(() -> !waiting.events.isEmpty());
			assertThat(failing.events).containsExactly("REFUSED: ");
			assertThat(waiting.events).containsExactly("reused");
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { REFUSED_STREAM, CANCEL })
	void aResetIsTheInstancesWord(long code) throws IOException {
		try (Http2Backend instance = new Http2Backend((wire) -> {
			wire.reset(wire.nextHead().stream(), code);
			wire.awaitEnd();
		})) {
			RecordedResponse response = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.get(response);
			await().until(() -> response.events.size() == 2);
			assertThat(response.events).last()
				.isEqualTo(
						((code == REFUSED_STREAM) ? new BackendFailure.Refused() : new BackendFailure.StreamReset(code))
							.toString());
		}
	}

	@Test
	void aRequestThatIsGivenUpIsReset() throws IOException {
		try (Http2Backend instance = new Http2Backend(Http2Wire::awaitEnd)) {
			RecordedResponse response = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.get(response);
			this.loop.run(response.stream()::cancel);
			this.loop.run(response.stream()::cancel);
			Http2Wire wire = wire(instance);
			await().until(() -> wire.frames().stream().anyMatch(Http2Wire.Reset.class::isInstance));
			assertThat(wire.frames()).filteredOn(Http2Wire.Reset.class::isInstance)
				.singleElement()
				.hasFieldOrPropertyWithValue("code", CANCEL);
			assertThat(response.take()).containsExactly("connected");
			assertThat(this.loop.acquire(endpoint(instance), WireProtocol.HTTP2).take()).containsExactly("reused");
		}
	}

	@Test
	void bodiesAndTrailersPassBothWays() throws IOException {
		List<String> received = new ArrayList<>();
		try (Http2Backend instance = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			received.add(wire.data(stream).text());
			received.add(wire.nextHead().header("x-sum"));
			wire.answer(stream, "200", false);
			wire.data(stream, "ok", false);
			wire.trailers(stream, "grpc-status", "0", "content-length", "1");
			wire.awaitEnd();
		})) {
			RecordedResponse response = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.run(() -> {
				RequestHead head = new RequestHead();
				head.begin(HttpVersion.HTTP_2, "POST", "/orders");
				head.pseudo("orders", null);
				head.frame(-1, true, true);
				response.stream().writeHead(head, response);
				response.stream().write(Unpooled.copiedBuffer("body", StandardCharsets.ISO_8859_1));
				HeaderFields trailers = new HeaderFields();
				trailers.add("x-sum", "1");
				response.stream().end(trailers);
			});
			awaitEnd(response);
			assertThat(response.take()).containsExactly("connected", "head 200", "body ok", "end grpc-status: 0");
			assertThat(received).containsExactly("body", "1");
		}
	}

	@Test
	void theLastOfABodyAndTheEndAreOneFrame() throws IOException {
		try (Http2Backend instance = Http2Backend.answering("ok")) {
			RecordedResponse response = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.run(() -> {
				RequestHead head = new RequestHead();
				head.begin(HttpVersion.HTTP_2, "POST", "/orders");
				head.pseudo("orders", null);
				head.frame(-1, true, true);
				response.stream().writeHead(head, response);
				response.stream().write(Unpooled.copiedBuffer("one", StandardCharsets.ISO_8859_1));
			});
			Http2Wire wire = wire(instance);
			await().until(() -> wire.frames().stream().anyMatch(Http2Wire.Data.class::isInstance));
			this.loop.run(() -> {
				response.stream().write(Unpooled.copiedBuffer("two", StandardCharsets.ISO_8859_1));
				response.stream().write(Unpooled.copiedBuffer("three", StandardCharsets.ISO_8859_1));
				response.stream().end(HeaderFields.NONE);
			});
			await().until(() -> wire.frames().stream().filter(Http2Wire.Data.class::isInstance).count() == 3);
			assertThat(wire.frames()).filteredOn(Http2Wire.Data.class::isInstance)
				.extracting("text", "end")
				.containsExactly(tuple("one", false), tuple("two", false), tuple("three", true));
		}
	}

	@Test
	void anInstanceThatNeverSendsItsSettingsIsNoConnectionAndIsHungUp() throws IOException {
		try (ScriptedInstance mute = new ScriptedInstance(ScriptedInstance::awaitEnd)) {
			RecordedResponse response = new RecordedResponse();
			this.loop.ask(mute.endpoint(Scheme.GRPC), WireProtocol.HTTP2, false, response);
			await().until(() -> mute.sockets.size() == 1);
			this.loop.after(CONNECT);
			this.loop.after(CONNECT.minus(NANO));
			assertThat(response.take()).isEmpty();
			this.loop.after(NANO);
			assertThat(response.take()).containsExactly("TIMEOUT: ");
			await().until(() -> mute.sockets.getFirst().isClosed());
		}
	}

	@Test
	void anInstanceThatHangsUpBeforeItsSettingsIsNoConnection() throws IOException {
		try (ScriptedInstance closing = new ScriptedInstance((socket) -> socket.getInputStream().read())) {
			assertThat(this.loop.acquire(closing.endpoint(Scheme.GRPC), WireProtocol.HTTP2).take()).singleElement()
				.asString()
				.startsWith("OTHER: ");
		}
	}

	@Test
	void sharedConnectionsEndBehindTheirLastRequestAtTheShutdown() throws IOException {
		try (Http2Backend instance = Http2Backend.answering("ok")) {
			RecordedResponse last = this.loop.acquire(endpoint(instance), WireProtocol.HTTP2);
			this.loop.shutDown();
			this.loop.get(last);
			awaitEnd(last);
			wire(instance).awaitEnd();
		}
	}

	private List<RecordedResponse> ask(Http2Backend instance, int number) {
		List<RecordedResponse> responses = Stream.generate(RecordedResponse::new).limit(number).toList();
		responses.forEach((response) -> response.onConnected(() -> BackendLoop.getNow(response)));
		Endpoint endpoint = endpoint(instance);
		this.loop.run(() -> responses.forEach((each) -> this.loop.askNow(endpoint, WireProtocol.HTTP2, false, each)));
		return responses;
	}

	private static Http2Wire wire(Http2Backend instance) {
		await().until(() -> !instance.wires().isEmpty());
		return instance.wires().getFirst();
	}

	private static Endpoint endpoint(Http2Backend instance) {
		return new Endpoint(Scheme.GRPC, "127.0.0.1", instance.port());
	}

	private static void awaitEnd(RecordedResponse response) {
		await().until(() -> !response.events.isEmpty() && response.events.getLast().startsWith("end"));
	}

}
