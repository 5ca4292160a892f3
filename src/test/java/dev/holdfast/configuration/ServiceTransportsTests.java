package dev.holdfast.configuration;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.check.CheckTransport;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceTransportsTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private final ActiveRoutes routes = new ActiveRoutes(new RouteTable(List.of(), true, RoutePolicy.DEFAULTS));

	private final ServiceTransports transports = new ServiceTransports(this.routes);

	@Test
	void aServiceIsConnectedToAsItsFirstRouteDoesAndElseAsUsual() {
		assertThat(this.transports.apply(ORDERS)).isEqualTo(CheckTransport.DEFAULTS);
		this.routes.replace(List.of(route("first", "orders", "own"), route("second", "orders", "other")));
		assertThat(this.transports.apply(ORDERS))
			.isEqualTo(new CheckTransport(BackendProtocol.AUTO, new BackendSecurity("own", "")));
		assertThat(this.transports.apply(new ServiceName("users"))).isEqualTo(CheckTransport.DEFAULTS);
		this.routes.replace(List.of());
		assertThat(this.transports.apply(ORDERS)).isEqualTo(CheckTransport.DEFAULTS);
	}

	private static Route route(String id, String service, String bundle) {
		RoutePolicy usual = RoutePolicy.DEFAULTS;
		return new Route(id, "", "/" + id + "/**", Set.of(), Map.of(), new ServiceName(service), "", false,
				new RoutePolicy(usual.protocol(), usual.times(), usual.maxBodySize(), new BackendSecurity(bundle, ""),
						usual.paths()));
	}

}
