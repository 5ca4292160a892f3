package dev.holdfast.outage;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One row played on its stage, with traffic and an observer.
 *
 * @param <S> the stage
 */
final class Performance<S extends Stage> {

	private static final int LEAST_REQUESTS = 100;

	private static final int MOST_EQUAL_LINES = 3;

	private static final Duration MOST_TO_ROUTE = Duration.ofSeconds(5);

	private static final AtomicInteger PROBES = new AtomicInteger();

	private final Outage<S> outage;

	private final S stage;

	private int logged;

	private String instanceId = "";

	private int instances;

	private String cause = "";

	private @Nullable Duration recovered;

	Performance(Outage<S> outage, S stage) {
		this.outage = outage;
		this.stage = stage;
	}

	/**
	 * Plays the row, and keeps what it measured, be it as it must or not.
	 */
	void play() {
		this.outage.prepare(this.stage);
		if (this.stage.isOpen()) {
			this.stage.awaitLive();
			this.logged = this.stage.gateway().log().length();
			try (Observer observer = new Observer(this.stage.gateway()); Load load = this.stage.load()) {
				await().until(() -> load.soFar().requests() > LEAST_REQUESTS);
				remember();
				long begun = System.nanoTime();
				record(observer, load, begun, () -> {
					this.outage.breakIt(this.stage);
					playOn(observer, begun);
				});
			}
		}
		else {
			long begun = System.nanoTime();
			this.outage.breakIt(this.stage);
			try (Observer observer = new Observer(this.stage.gateway())) {
				if (this.outage.told() instanceof Told.Empty) {
					record(observer, null, begun, () -> playOn(observer, begun));
				}
				else {
					try (Load load = this.stage.load()) {
						remember();
						record(observer, load, begun, () -> playOn(observer, begun));
					}
				}
			}
		}
	}

	private void remember() {
		JsonNode status = this.stage.gateway().status();
		this.instanceId = status.path("instanceId").asText();
		this.instances = status.path("instances").asInt();
	}

	private void record(Observer observer, @Nullable Load load, long begun, Runnable rest) {
		String failure = "";
		try {
			rest.run();
			if (load != null) {
				Load.Result result = load.stop();
				assertThat(result.failures()).as("%s", result).isZero();
				assertThat(result.requests()).isGreaterThan(LEAST_REQUESTS);
			}
			assertQuiet();
		}
		catch (RuntimeException | AssertionError ex) {
			failure = String.valueOf(ex.getMessage()).strip().replaceAll("\\s+", " ");
			throw ex;
		}
		finally {
			List<Observer.Sighting> seen = observer.transitions();
			Optional<Load.Result> result = Optional.ofNullable(load).map(Load::soFar);
			new OutageResult(this.outage.name(), seen.stream().map(Observer.Sighting::state).toList(),
					this.cause.isEmpty() ? firstCause(seen, begun) : this.cause,
					millis(observer.noticed(begun).orElse(null)), millis(this.recovered),
					result.map(Load.Result::requests).orElse(0L), result.map(Load.Result::failures).orElse(0L), failure)
				.save();
		}
	}

	private static String firstCause(List<Observer.Sighting> seen, long begun) {
		return seen.stream()
			.filter((sighting) -> sighting.nanos() >= begun)
			.map(Observer.Sighting::cause)
			.filter((cause) -> !cause.isEmpty())
			.findFirst()
			.orElse("");
	}

	private static @Nullable Long millis(@Nullable Duration time) {
		return (time != null) ? time.toMillis() : null;
	}

	private void playOn(Observer observer, long begun) {
		switch (this.outage.told()) {
			case Told.Live live -> {
				this.outage.goOn(this.stage);
				hold(() -> assertTold(observer, begun));
				recover(begun);
				this.recovered = null;
				this.outage.mend(this.stage);
				assertTold(observer, begun);
			}
			case Told.Briefly briefly -> {
				this.outage.goOn(this.stage);
				recover(begun);
				this.outage.mend(this.stage);
				this.stage.awaitLive();
			}
			case Told.Halted halted -> {
				this.outage.goOn(this.stage);
				hold(() -> {
				});
				mendAndRecover();
			}
			case Told.Stale(Pattern cause) -> lastUntilMended("STALE", cause);
			case Told.FromDisk(Pattern cause) -> lastUntilMended("FROM_DISK", cause);
			case Told.Empty(Pattern cause) -> lastUntilMended("EMPTY", cause);
		}
		this.outage.check(this.stage);
		assertHealth("UP", "UP", "UP", 200);
		GatewayProcess gateway = this.stage.gateway();
		assertThat(gateway.isAlive()).isTrue();
		if (!this.instanceId.isEmpty()) {
			assertThat(gateway.status().path("instanceId").asText()).isEqualTo(this.instanceId);
		}
	}

	private void lastUntilMended(String state, Pattern cause) {
		this.stage.awaitState(state, Outage.NOTICE);
		await().atMost(Outage.NOTICE).untilAsserted(() -> assertNamed(cause));
		this.outage.goOn(this.stage);
		hold(() -> assertOut(state));
		mendAndRecover();
	}

	private void mendAndRecover() {
		this.outage.mend(this.stage);
		recover(System.nanoTime());
	}

	private void hold(Runnable check) {
		Duration time = this.outage.duration();
		check.run();
		await().pollInterval(Duration.ofMillis(500))
			.during(time)
			.atMost(time.plusSeconds(30))
			.untilAsserted(check::run);
	}

	private static void assertTold(Observer observer, long begun) {
		assertThat(observer.noticed(begun)).as("%s", observer.transitions()).isEmpty();
	}

	/**
	 * Waits until the gateway is live, and a key that is put then is routed by. Measured
	 * together, because a gateway that is live and hears of nothing has not recovered.
	 */
	private void recover(long since) {
		this.stage.awaitState("LIVE", Outage.RECOVERY);
		String service = "probe-" + PROBES.incrementAndGet();
		String key = "/services/%s/a".formatted(service);
		// An election may be going on.
		await().atMost(Outage.RECOVERY).ignoreExceptionsInstanceOf(IllegalStateException.class).until(() -> {
			this.stage.put(key, this.stage.first().address());
			return true;
		});
		Duration left = Outage.RECOVERY.minusNanos(System.nanoTime() - since);
		await().atMost((left.compareTo(MOST_TO_ROUTE) < 0) ? MOST_TO_ROUTE : left)
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(
					() -> assertThat(this.stage.gateway().get("/" + service + "/v1").statusCode()).isEqualTo(200));
		this.recovered = Duration.ofNanos(System.nanoTime() - since);
		this.stage.awaitState("LIVE", Outage.RECOVERY);
		this.stage.delete(key);
	}

	private void assertNamed(Pattern cause) {
		this.cause = this.stage.gateway().status().path("cause").asText();
		assertThat(this.cause).containsPattern(cause);
		assertThat(GatewayProcess.json(this.stage.gateway().getAdmin("/actuator/health"))
			.at("/components/etcd/details/cause")
			.asText()).containsPattern(cause);
	}

	private void assertOut(String state) {
		GatewayProcess gateway = this.stage.gateway();
		JsonNode status = gateway.status();
		assertThat(status.path("state").asText()).as("%s", status).isEqualTo(state);
		assertThat(status.path("cause").asText()).as("%s", status).isNotEmpty();
		assertThat(gateway.getAdmin("/actuator/health/liveness").statusCode()).isEqualTo(200);
		if (state.equals("EMPTY")) {
			assertHealth("DOWN", "DEGRADED", "DOWN", 503);
			assertThat(gateway.getAdmin("/actuator/health/readiness").statusCode()).isEqualTo(503);
			assertThat(gateway.get("/readyz").statusCode()).isEqualTo(503);
			assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
			return;
		}
		assertThat(status.path("instances").asInt()).as("%s", status).isGreaterThanOrEqualTo(this.instances);
		assertHealth("DEGRADED", "DEGRADED", "UP", 200);
		assertThat(gateway.getAdmin("/actuator/health/readiness").statusCode()).isEqualTo(200);
		assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
	}

	private void assertHealth(String overall, String ofEtcd, String ofRegistry, int code) {
		HttpResponse<String> health = this.stage.gateway().getAdmin("/actuator/health");
		assertThat(health.statusCode()).as(health.body()).isEqualTo(code);
		JsonNode body = GatewayProcess.json(health);
		assertThat(body.path("status").asText()).as(health.body()).isEqualTo(overall);
		assertThat(body.at("/components/etcd/status").asText()).as(health.body()).isEqualTo(ofEtcd);
		assertThat(body.at("/components/registry/status").asText()).as(health.body()).isEqualTo(ofRegistry);
	}

	/** Transitions are logged, repetitions are not. */
	private void assertQuiet() {
		GatewayProcess gateway = this.stage.gateway();
		assertThat(gateway.defects()).isEmpty();
		String log = gateway.log().substring(this.logged);
		// Without time and numbers, lines that say the same are the same.
		Map<String, Long> lines = log.lines()
			// Frames say nothing; stack traces are defects of their own.
			.filter((line) -> !line.isBlank() && !line.startsWith("\tat "))
			.map((line) -> line.replaceFirst("^\\S+", "").replaceAll("[0-9]+", "#"))
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
		assertThat(lines).allSatisfy((line, count) -> assertThat(count).isLessThanOrEqualTo(MOST_EQUAL_LINES));
		if (this.outage.told() instanceof Told.Stale) {
			assertThat(log).containsOnlyOnce("The registry is stale");
		}
	}

}
