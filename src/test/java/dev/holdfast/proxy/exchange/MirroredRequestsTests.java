package dev.holdfast.proxy.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.UpstreamSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Copies beside the requests of the service that they go to.
 */
class MirroredRequestsTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static ExchangeWorld world(int instances, int maxRequests) {
		return new ExchangeWorld(List.of(copied()), RoutePolicy.DEFAULTS,
				new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, maxRequests, 10), Scheme.HTTP,
				instances);
	}

	/**
	 * A route to the first instance, whose requests are copied to any.
	 */
	private static Route copied() {
		RouteActions actions = new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "",
				DirectResponse.NONE, Cors.NONE, List.of(new Mirror(ORDERS, 1)));
		return new Route("copied", List.of(),
				List.of(new RequestMatch(PathMatch.of("/copied/**"), Set.of(), List.of(), List.of(), List.of())),
				List.of(new WeightedBackend(ORDERS, 1, new Subset("1", Map.of()))), "", false,
				RoutePolicy.DEFAULTS.with(actions));
	}

	@Test
	void copyIsNotSentWhileRequestsWait() {
		ExchangeWorld world = world(2, 2);
		for (int i = 0; i < 2; i++) {
			world.request(FakeClient.get("/copied/" + i));
			world.turn();
		}
		// Two requests on the first instance, and their copies.
		assertThat(world.asked).hasSize(4);
		world.asked.stream()
			.filter((backend) -> backend.endpoint.port() == 2)
			.toList()
			.forEach((backend) -> backend.connects().answers(200, "copy"));
		world.recorder.told.clear();
		world.request(FakeClient.get("/copied/2"));
		assertThat(world.recorder.told).containsExactly("start", "mirror orders NOT_SENT");
	}

	@Test
	void placeOfACopyIsGivenToWhoeverWaits() {
		ExchangeWorld world = world(1, 2);
		world.request(FakeClient.get("/copied/"));
		world.turn();
		FakeClient waiting = world.request(FakeClient.get("/orders/"));
		assertThat(world.asked).hasSize(2);
		world.asked.getLast().connects().answers(200, "copy");
		world.turn();
		assertThat(world.asked).hasSize(3);
		world.connected().answers(200, "ok");
		assertThat(waiting.told).contains("body ok");
	}

	@Test
	void defectOnTheWayOfACopyHurtsNobody() {
		ExchangeWorld world = world(1, 0);
		FakeClient client = world.request(FakeClient.of(HttpVersion.HTTP_1_1, "PUT", "/copied/").withBody(3));
		FakeBackend backend = world.connected();
		client.sends("one");
		world.defective = true;
		client.ends();
		world.turn();
		assertThat(backend.told).containsExactly("head PUT /copied/", "body one", "end");
		backend.answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		world.pass(Duration.ofSeconds(30));
		assertThat(world.recorder.told).contains("mirror orders FAILURE");
		assertThat(world.upstream().instances().getFirst().active()).isZero();
	}

}
