package dev.holdfast.route.source;

import java.time.Instant;
import java.util.List;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.document.ParsedRoute;
import dev.holdfast.route.document.RouteForm;
import dev.holdfast.route.document.RouteParser;
import dev.holdfast.route.source.RouteOrigin.Source;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteResolutionTests {

	private final RouteResolution resolution = new RouteResolution();

	@Test
	void noTwoRoutesOfOneIdAreEverInForce() {
		Route route = new RouteParser(RoutePolicy.DEFAULTS).parse("{ id: a, service: a }", "a.yml")
			.parsed()
			.getFirst()
			.routes()
			.getFirst();
		ParsedRoute twice = new ParsedRoute("a", 1, RouteForm.HTTP_ROUTE, Instant.MAX, List.of(route, route),
				List.of());
		this.resolution.add(new DocumentPlace(Source.FOLDER, "/routes/a.yml"), new DocumentEntry(new Content.Text(""),
				0, 0, List.of(new DocumentEntry.Form(twice, "", null)), List.of(), null));
		assertThat(this.resolution.routes()).isEmpty();
		assertThat(this.resolution.statuses(List.of(), Instant.EPOCH)).singleElement()
			.extracting(RouteStatus::state)
			.isEqualTo(RouteStatus.State.QUARANTINED);
	}

}
