package dev.holdfast.proxy.exchange;

import java.time.Duration;

import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.route.BackendProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class GrpcExchangeTests {

	private static final byte[] MESSAGE = { 0, 0, 0, 0, 2, 'o', 'k' };

	private final ExchangeWorld world = Policies.withProtocol(BackendProtocol.H2);

	private static FakeClient call(String... fields) {
		FakeClient client = FakeClient.of(HttpVersion.HTTP_2, "POST", "/orders/Find", fields).withBody(-1);
		client.head().fields().add("content-type", "application/grpc+proto");
		client.head().fields().add("te", "trailers");
		return client;
	}

	@Test
	void callIsPassedOnWithItsTrailers() {
		FakeClient client = this.world.request(call());
		FakeBackend backend = this.world.connected();
		client.sends("ask");
		client.ends();
		backend.head(200, -1, "content-type", "application/grpc");
		backend.sends(MESSAGE);
		backend.ends("grpc-status", "0");
		assertThat(backend.fields).contains("te: trailers|");
		assertThat(client.told).containsExactly("head 200", "body \0\0\0\0\2ok", "end grpc-status: 0|");
		assertThat(this.world.recorder.told).containsExactly("start", "try SUCCESS", "end POST 200 after 1");
	}

	@ParameterizedTest
	@CsvSource({ "0,SUCCESS", "5,SUCCESS", "14,SERVER_ERROR", "12,SERVER_ERROR" })
	void statusInAHeadAloneIsJudged(String status, String outcome) {
		FakeClient client = this.world.request(call());
		FakeBackend backend = this.world.connected();
		client.ends();
		backend.headOnly(200, "grpc-status", status);
		assertThat(client.told).containsExactly("only head 200");
		assertThat(client.fields).contains("grpc-status: " + status + "|").doesNotContain("Content-Length");
		assertThat(this.world.recorder.told).contains("try " + outcome);
	}

	@Test
	void errorIsToldInAHeadAlone() {
		FakeClient client = this.world.request(call());
		this.world.asked.getLast().refusesConnection();
		assertThat(client.told).containsExactly("only head 200");
		assertThat(client.fields).contains("content-type: application/grpc+proto|grpc-status: 14|")
			.contains("holdfast-error: connect-failed|");
		assertThat(this.world.recorder.told).endsWith("end POST 200 connect-failed after 1");
	}

	@Test
	void errorBehindMessagesIsToldInTrailers() {
		FakeClient client = this.world.request(call());
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		backend.sends(MESSAGE);
		this.world.turn();
		backend.breaks();
		assertThat(client.told).last().asString().startsWith("end grpc-status: 14|");
	}

	@Test
	void deadlineOfTheClientIsPassedOnAndKept() {
		FakeClient client = this.world.request(call("grpc-timeout", "500m"));
		FakeBackend backend = this.world.connected();
		assertThat(backend.fields).contains("grpc-timeout: 500000u|").doesNotContain("500m");
		this.world.pass(Duration.ofMillis(500));
		assertThat(backend.told).endsWith("cancel");
		assertThat(client.fields).contains("grpc-status: 4|");
		assertThat(this.world.recorder.told).containsExactly("start", "try CANCELLED", "end POST 200 timeout after 1");
	}

	@Test
	void streamIsEndedBehindAMessageAtTheShutdown() {
		FakeClient client = this.world.request(call());
		FakeBackend backend = this.world.connected();
		backend.head(200, -1);
		backend.sends(MESSAGE);
		backend.sends(MESSAGE);
		backend.sends("\0\0");
		this.world.turn();
		assertThat(this.world.exchanges.streams()).isOne();
		this.world.exchanges.endStreams();
		assertThat(client.told).doesNotContain("end");
		backend.sends("\0\0\1!\0\0");
		assertThat(client.told).last().asString().startsWith("end grpc-status: 14|");
		assertThat(client.told).contains("body \0\0\1!");
		assertThat(backend.told).endsWith("cancel");
		assertThat(this.world.exchanges.streams()).isZero();
		assertThat(this.world.recorder.told).containsExactly("start", "try SUCCESS",
				"end POST 200 shutting-down after 1");
	}

	@Test
	void callWithOneResponseIsNotEnded() {
		FakeClient client = this.world.request(call());
		FakeBackend backend = this.world.connected();
		client.ends();
		backend.head(200, -1);
		this.world.exchanges.endStreams();
		backend.sends(MESSAGE);
		backend.ends("grpc-status", "0");
		assertThat(client.told).last().isEqualTo("end grpc-status: 0|");
	}

	@Test
	void eventStreamIsEndedInOrderAtTheShutdown() {
		ExchangeWorld plain = new ExchangeWorld(1);
		FakeClient client = plain.request(FakeClient.get("/orders/"));
		FakeBackend backend = plain.connected();
		backend.head(200, -1, "Content-Type", "text/event-stream");
		backend.sends("data: 1\n\n");
		plain.turn();
		assertThat(plain.exchanges.streams()).isOne();
		plain.exchanges.endStreams();
		assertThat(client.told).containsExactly("head 200", "body data: 1\n\n", "end");
		assertThat(backend.told).endsWith("cancel");
		assertThat(plain.recorder.told).containsExactly("start", "try SUCCESS", "end GET 200 after 1");
	}

}
