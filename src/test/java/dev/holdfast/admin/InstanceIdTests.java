package dev.holdfast.admin;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import dev.holdfast.override.Action;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ids of instances in the paths of a real server.
 */
class InstanceIdTests {

	private static final String[] IDS = { "a@http://10.0.0.5:8080", "10.0.0.5:8080", "50%", "a;b", "größe", "a+b",
			"z" };

	private final FakeRegistry registry = new FakeRegistry().with("orders", IDS);

	@ParameterizedTest
	@CsvSource({ "a@http:%2F%2F10.0.0.5:8080, a@http://10.0.0.5:8080", "10.0.0.5:8080, 10.0.0.5:8080", "50%25, 50%",
			"a%3Bb, a;b", "gr%C3%B6%C3%9Fe, größe", "a%2Bb, a+b", "a+b, a+b" })
	void anInstanceIsFoundWhateverItsIdIs(String segment, String id) throws Exception {
		try (AdminServer server = server()) {
			HttpResponse<String> response = drain(server, segment);
			assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
			assertThat(server.overrides().active().inForce())
				.containsOnlyKeys(new Action.Drain(new ServiceName("orders"), id).key());
		}
	}

	@Test
	void aSlashThatIsEncodedLeadsNowhereElse() throws Exception {
		try (AdminServer server = server()) {
			assertThat(drain(server, "..%2F..%2Forders%2Finstances%2Fz").statusCode()).isEqualTo(404);
			assertThat(server.get("/registry%2Fstatus").statusCode()).isEqualTo(404);
			assertThat(server.get("/registry/services/..%2Fstatus").statusCode()).isEqualTo(404);
			assertThat(server.overrides().active().all()).isEmpty();
		}
	}

	private AdminServer server() {
		return new AdminServer(FakeRegistry.class, this.registry, this.registry, new AdminApi(this.registry),
				new SnapshotChanges(), new EventStreamSettings(1));
	}

	private static HttpResponse<String> drain(AdminServer server, String segment) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client
				.send(HttpRequest.newBuilder(server.uri("/registry/services/orders/instances/" + segment + "/drain"))
					.PUT(HttpRequest.BodyPublishers.ofString("{\"ttlSeconds\": 60}"))
					.header("Content-Type", "application/json")
					.header("Authorization", "Bearer " + AdminApi.TOKEN)
					.build(), HttpResponse.BodyHandlers.ofString());
		}
	}

}
