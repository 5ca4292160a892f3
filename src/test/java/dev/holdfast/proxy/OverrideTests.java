package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.override.Action;
import dev.holdfast.upstream.InstanceState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What operators set against what is registered, on the traffic port.
 */
class OverrideTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@Test
	void aDrainedInstanceGetsNoNewRequestAndEndsThoseThatItHas() throws IOException {
		CompletableFuture<Boolean> release = new CompletableFuture<>();
		try (ScriptedBackend slow = new ScriptedBackend((peer) -> {
			while (true) {
				peer.readRequest();
				release.join();
				peer.write(OK);
			}
		});
				ScriptedBackend other = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(slow.port(), other.port());
				RawClient waiting = gateway.client();
				RawClient client = gateway.client()) {
			String id = "orders-" + slow.port();
			gateway.override(new Action.Drain(Gateway.ORDERS, "orders-" + other.port()));
			waiting.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> slow.heads().size() == 1);
			gateway.override(new Action.Drain(Gateway.ORDERS, id));
			gateway.end(new Action.Drain(Gateway.ORDERS, "orders-" + other.port()));
			assertThat(gateway.instances()).filteredOn((instance) -> instance.instance().id().equals(id))
				.singleElement()
				.returns(new InstanceState.Draining(), (instance) -> instance.state());
			for (int i = 0; i < 50; i++) {
				assertThat(client.get("/orders/").status()).isEqualTo(200);
			}
			assertThat(slow.heads()).hasSize(1);
			release.complete(true);
			assertThat(waiting.head().status()).isEqualTo(200);
			gateway.override(new Action.Drain(Gateway.ORDERS, "orders-" + other.port()));
			gateway.end(new Action.Drain(Gateway.ORDERS, id));
			assertThat(client.get("/orders/").status()).isEqualTo(200);
			assertThat(slow.heads()).hasSize(2);
		}
	}

	@Test
	void aServiceWhoseInstancesAreAllDrainedHasNone() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			gateway.override(new Action.Drain(Gateway.ORDERS, "orders-" + backend.port()));
			assertThat(client.get("/orders/")).returns(503, (answer) -> answer.status())
				.returns("no-instance", (answer) -> answer.header("holdfast-error"));
			assertThat(backend.heads()).isEmpty();
		}
	}

	@Test
	void anInstanceOfWeightZeroGetsNothing() throws IOException {
		try (ScriptedBackend none = ScriptedBackend.answering(OK);
				ScriptedBackend all = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(none.port(), all.port());
				RawClient client = gateway.client()) {
			gateway.override(new Action.Weight(Gateway.ORDERS, "orders-" + none.port(), 0));
			for (int i = 0; i < 50; i++) {
				assertThat(client.get("/orders/").status()).isEqualTo(200);
			}
			assertThat(none.heads()).isEmpty();
			gateway.end(new Action.Weight(Gateway.ORDERS, "orders-" + none.port(), 0));
			gateway.override(new Action.Weight(Gateway.ORDERS, "orders-" + all.port(), 0));
			assertThat(client.get("/orders/").status()).isEqualTo(200);
			assertThat(none.heads()).hasSize(1);
		}
	}

	@Test
	void aCircuitThatIsKeptOpenAnswersItselfUntilThatEnds() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").status()).isEqualTo(200);
			gateway.override(new Action.CircuitOpen(Gateway.ORDERS));
			assertThat(client.get("/orders/")).returns(503, (answer) -> answer.status())
				.returns("circuit-open", (answer) -> answer.header("holdfast-error"))
				.returns("1", (answer) -> answer.header("retry-after"));
			assertThat(backend.heads()).hasSize(1);
			gateway.end(new Action.CircuitOpen(Gateway.ORDERS));
			assertThat(client.get("/orders/").status()).isEqualTo(200);
		}
	}

}
