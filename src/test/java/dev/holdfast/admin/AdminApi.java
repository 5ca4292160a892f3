package dev.holdfast.admin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.holdfast.check.CheckState;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.SharedOverrides;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.EjectionCause;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Statistics;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/**
 * The operators' API over a registry and a traffic port that say what a test tells them
 * to.
 */
final class AdminApi implements Traffic {

	private boolean panic;

	static final String TOKEN = "correct-horse";

	static final String HOST = "admin.example.org:8081";

	private static final Clock CLOCK = Clock.fixed(FakeRegistry.PROVEN_AT, ZoneOffset.UTC);

	private final FakeRegistry registry;

	private final Map<String, InstanceTraffic> instances = new HashMap<>();

	private final Map<String, CheckState> checks = new HashMap<>();

	private final Map<String, String> circuits = new HashMap<>();

	private final Map<String, Statistics> statistics = new HashMap<>();

	private final List<String> resets = new ArrayList<>();

	private final AtomicReference<Instant> time = new AtomicReference<>(FakeRegistry.PROVEN_AT);

	private final AtomicLong nanoTime = new AtomicLong();

	private final Overrides overrides = new Overrides(this.time::get, this.nanoTime::get, Optional.empty());

	private @Nullable SharedOverrides shared;

	AdminApi(FakeRegistry registry) {
		this.registry = registry;
		this.overrides.addListener(new RegistryOverrides(registry));
	}

	/**
	 * Lets time pass by which overrides end.
	 */
	void pass(Duration time) {
		this.time.updateAndGet((now) -> now.plus(time));
		this.nanoTime.addAndGet(time.toNanos());
		this.overrides.endDue();
	}

	/**
	 * Shares overrides from now on.
	 */
	AdminApi share(SharedOverrides shared) {
		this.shared = shared;
		return this;
	}

	/**
	 * Gives what is in force.
	 */
	Overrides overrides() {
		return this.overrides;
	}

	/**
	 * Gives the services whose circuits were reset.
	 */
	List<String> resets() {
		return this.resets;
	}

	MockMvcTester tester() {
		return tester(TOKEN, Duration.ofSeconds(10));
	}

	MockMvcTester tester(@Nullable String token, Duration deadline) {
		ServiceCatalogue catalogue = new ServiceCatalogue(this.registry, this, this.overrides);
		AnswerDeadline answers = new AnswerDeadline(deadline);
		OverrideWrites writes = new OverrideWrites(this.overrides, Optional.ofNullable(this.shared), answers);
		return MockMvcTester.of(
				List.of(new ServicesController(catalogue),
						new RefreshController(this.registry, this.registry, writes, answers),
						new HeldController(this.registry, this.registry, writes, answers),
						new FreezeController(this.registry, writes, answers), new OverridesController(this.overrides),
						new InstanceOverridesController(catalogue, writes),
						new CircuitController(catalogue, this, writes), new JournalController(this.registry, CLOCK),
						new StatusController(this.registry, catalogue, this.overrides,
								new GatewayIdentity("gw-1", "0.1.0"))),
				(builder) -> builder
					.setControllerAdvice(new ProblemAdvice(), new EntityTags(this.registry, json().getObjectMapper()))
					.setCustomArgumentResolvers(new WriteBodyResolver())
					.addFilters(new AdminPortFilter(new AdminSettings(token, Set.of("admin.example.org")), null,
							(request) -> false, new Audit(CLOCK), json().getObjectMapper()))
					.setMessageConverters(json())
					.defaultRequest(MockMvcRequestBuilders.get("/").header(HttpHeaders.HOST, HOST))
					.build())
			.withHttpMessageConverters(List.of(json()));
	}

	private static MappingJackson2HttpMessageConverter json() {
		return new MappingJackson2HttpMessageConverter(Jackson2ObjectMapperBuilder.json()
			.featuresToDisable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
			.build());
	}

	AdminApi eject(String instance) {
		return become(instance, new InstanceState.Ejected(new EjectionCause.Refused(), Duration.ofSeconds(1),
				Instant.parse("2026-01-02T03:04:06Z")));
	}

	/**
	 * Has all services use all of their instances.
	 */
	AdminApi panic() {
		this.panic = true;
		return this;
	}

	@Override
	public boolean isPanicking(ServiceName service) {
		return this.panic;
	}

	AdminApi become(String instance, InstanceState state) {
		this.instances.put(instance, new InstanceTraffic(state, 1, 20, 5, 3));
		return this;
	}

	AdminApi check(String instance, CheckState state) {
		this.checks.put(instance, state);
		return this;
	}

	@Override
	public Map<String, CheckState> checks(ServiceName service) {
		return this.checks;
	}

	AdminApi circuit(String service, String state) {
		this.circuits.put(service, state);
		return this;
	}

	AdminApi statistics(String service, Statistics statistics) {
		this.statistics.put(service, statistics);
		return this;
	}

	@Override
	public String circuit(ServiceName service) {
		return this.circuits.getOrDefault(service.value(), "CLOSED");
	}

	@Override
	public void resetCircuit(ServiceName service) {
		this.resets.add(service.value());
	}

	@Override
	public Statistics statistics(ServiceName service) {
		return this.statistics.getOrDefault(service.value(), Statistics.NONE);
	}

	@Override
	public Map<String, InstanceTraffic> instances(ServiceName service) {
		return this.instances;
	}

}
