package dev.holdfast.admin;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.holdfast.cluster.Gateways;
import dev.holdfast.cluster.LocalGateway;
import dev.holdfast.cluster.Standing;
import dev.holdfast.registry.FakeRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class GatewaysControllerTests {

	private final MappingJackson2HttpMessageConverter json = new MappingJackson2HttpMessageConverter(
			Jackson2ObjectMapperBuilder.json()
				.featuresToDisable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
				.build());

	private Standing standing = new Standing("LIVE", 12, 10);

	private final Gateways gateways = Gateways.alone(
			() -> new LocalGateway("gw-1", "0.1.0", "host-1", 8081, Instant.parse("2026-01-31T12:00:00Z")),
			() -> this.standing, "holdfast.cluster.enabled is false");

	private final MockMvcTester api = MockMvcTester
		.of(List.of(new GatewaysController(this.gateways)), (builder) -> builder
			.setControllerAdvice(new ProblemAdvice(), new EntityTags(new FakeRegistry(), this.json.getObjectMapper()))
			.setMessageConverters(this.json)
			.build());

	@Test
	void gatewayThatKnowsOfNoOtherTellsOfItselfAndWhy() {
		assertThat(this.api.get().uri("/registry/gateways")).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{
				  "available": false,
				  "reason": "holdfast.cluster.enabled is false",
				  "answeredBy": "gw-1",
				  "newestRevision": 10,
				  "items": [
				    {
				      "instanceId": "gw-1",
				      "version": "0.1.0",
				      "host": "host-1",
				      "adminPort": 8081,
				      "startedAt": "2026-01-31T12:00:00Z",
				      "state": "LIVE",
				      "revision": 10,
				      "revisionsBehind": 0,
				      "lagging": false,
				      "reportedAt": null,
				      "self": true
				    }
				  ]
				}
				""");
	}

	@Test
	void unchangedListIsNotSentAgain() {
		String tag = tag(this.api.get().uri("/registry/gateways").exchange());
		assertThat(this.api.get().uri("/registry/gateways").header(HttpHeaders.IF_NONE_MATCH, tag)).hasStatus(304);
		this.standing = new Standing("STALE", 12, 10);
		assertThat(this.api.get().uri("/registry/gateways").header(HttpHeaders.IF_NONE_MATCH, tag)).hasStatusOk();
	}

	private static String tag(MvcTestResult result) {
		return String.valueOf(result.getResponse().getHeader(HttpHeaders.ETAG));
	}

}
