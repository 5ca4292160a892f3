package dev.holdfast.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ActionsViewTests {

	private static RouteView view(@Nullable ServiceName service, RouteActions actions) {
		return RouteView.of(new Route("a", "", "/a/**", Set.of(), Map.of(), service, "", false,
				RoutePolicy.DEFAULTS.with(actions)));
	}

	private static String json(RouteView view) throws JsonProcessingException {
		return JsonMapper.builder().build().writeValueAsString(Objects.requireNonNull(view.actions()));
	}

	@Test
	void routeWithoutActionsShowsNone() {
		assertThat(view(new ServiceName("users"), RouteActions.DEFAULTS).actions()).isNull();
	}

	@Test
	void whatIsDoneIsShownAndSecretsAreNot() throws JsonProcessingException {
		FieldChanges changes = new FieldChanges(
				List.of(new FieldChanges.Field("X-Api-Key", "s3cret"), new FieldChanges.Field("X-Tenant", "acme")),
				List.of(new FieldChanges.Field("X-Way", "gateway")), List.of("X-Debug"));
		assertThat(json(view(new ServiceName("users"),
				new RouteActions(changes, FieldChanges.NONE, new PathRewrite.ReplacePrefix("/a", "/b"), "a.test",
						DirectResponse.NONE,
						new Cors(List.of(OriginPattern.ANY), false, List.of("PUT"), List.of(), List.of(),
								Duration.ofMinutes(1)),
						List.of(new Mirror(new ServiceName("shadow"), 0.05))))))
			.isEqualTo("""
					{"requestHeaders":{"set":{"x-api-key":"******","x-tenant":"acme"},"add":["x-way: gateway"],\
					"remove":["x-debug"]},"path":"/b takes the place of /a","rewriteHost":"a.test",\
					"cors":{"allowOrigins":["*"],"allowCredentials":false,"allowMethods":["PUT"],"allowHeaders":[],\
					"exposeHeaders":[],"maxAgeSeconds":60},"mirrors":[{"service":"shadow","share":0.05}]}""");
	}

	@Test
	void whatTheGatewayAnswersItselfIsShown() throws JsonProcessingException {
		RouteView redirect = view(null, new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "",
				new DirectResponse.Redirect(308, "https", "", 0), Cors.NONE, List.of()));
		assertThat(redirect.service()).isNull();
		assertThat(json(redirect))
			.isEqualTo("{\"redirect\":{\"status\":308,\"scheme\":\"https\",\"host\":\"\",\"port\":0}}");
		assertThat(json(view(null,
				new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "",
						new DirectResponse.Fixed(410, "", ""), Cors.NONE, List.of()))))
			.isEqualTo("{\"respond\":{\"status\":410,\"contentType\":\"\",\"body\":\"\"}}");
	}

}
