package dev.holdfast.proxy;

import java.io.IOException;

import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TrafficPortUnavailableReportTests {

	@Test
	void takenTrafficPortIsReportedWithItsKey(CapturedLog output) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(TrafficPortUnavailableReportTests.class)
			.web(WebApplicationType.NONE)
			.initializers(
					(context) -> ((GenericApplicationContext) context).registerBean("server", Object.class, () -> {
						throw new TrafficPortUnavailableException("127.0.0.1", 8080,
								new IOException("Address already in use"));
					}));
		assertThatThrownBy(application::run).isNotNull();
		assertThat(output).contains("Cannot listen for traffic on 127.0.0.1:8080: Address already in use",
				"set holdfast.server.port to another port");
	}

}
