package dev.holdfast.configuration;

import java.util.List;

import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class RouteServicesTests {

	@Test
	void routesToServicesThatNothingHasRegisteredAreNamedWithTheNearest(CapturedLog output) {
		Snapshot snapshot = Snapshot.EMPTY.with(new Service(new ServiceName("user-api"), List.of(), 1))
			.with(new Service(new ServiceName("orders"), List.of(), 1));
		new ApplicationContextRunner().withUserConfiguration(PropertiesConfiguration.class)
			.withPropertyValues("holdfast.routes[0].id=users", "holdfast.routes[0].service=user-apii",
					"holdfast.routes[1].id=orders", "holdfast.routes[1].path=/o/**",
					"holdfast.routes[1].service=orders", "holdfast.routes[2].id=bills", "holdfast.routes[2].path=/b/**",
					"holdfast.routes[2].service=billing")
			.run((context) -> new RouteServices(context.getBean(HoldfastProperties.class).routes()).onListed(snapshot));
		assertThat(output)
			.contains("The route \"users\" goes to the service \"user-apii\", which nothing has registered; "
					+ "did you mean \"user-api\"?")
			.containsPattern("The route \"bills\" goes to the service \"billing\", which nothing has registered\\R")
			.doesNotContain("The route \"orders\"");
	}

}
