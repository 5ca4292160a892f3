package dev.holdfast.admin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.admin.InstanceOverride.Terms;
import dev.holdfast.admin.InstanceOverride.WeightTerms;
import dev.holdfast.check.Check;
import dev.holdfast.check.CheckKind;
import dev.holdfast.check.CheckState;
import dev.holdfast.override.InstanceOverrides;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Redaction;
import dev.holdfast.service.Registration;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Retries;
import org.jspecify.annotations.Nullable;

/**
 * One service with its instances.
 *
 * @param service what the list of services says of it
 * @param retries how its retries stand against their budget
 * @param instances its instances, sorted by id
 */
record ServiceDetail(ServiceSummary service, RetriesDetail retries, List<InstanceDetail> instances) {

	/**
	 * How a service's retries stand against their budget.
	 *
	 * @param active requests on a further try, or waiting for one
	 * @param limit how many may be at this moment: a fifth of the requests in flight, at
	 * least three
	 * @param refused requests that were not tried again because there were that many
	 */
	record RetriesDetail(int active, int limit, long refused) {

		static RetriesDetail of(Retries retries) {
			return new RetriesDetail(retries.active(), retries.limit(), retries.refused());
		}

	}

	/**
	 * One instance.
	 *
	 * @param id unique within the service
	 * @param url where it listens
	 * @param zone the zone it runs in, empty when it did not say
	 * @param version the version it runs, empty when it did not say
	 * @param weight the weight that it is registered with
	 * @param effectiveWeight the weight by which it is chosen, an operator's or the one
	 * that is registered; 0 when it gets no new requests
	 * @param metadata what else it said of itself; values that look like secrets are
	 * hidden
	 * @param registration the record it was read from
	 * @param health whether it takes new requests, and what is out of the ordinary
	 * @param check its active health check, left out when it has none
	 * @param traffic what it has done since the gateway knows it, left out when that is
	 * not asked for
	 * @param hold why it stays although the registry no longer has it, {@code null} while
	 * it is registered
	 * @param override what an operator has set against what is registered, left out when
	 * there is nothing
	 */
	record InstanceDetail(String id, String url, String zone, String version, int weight, int effectiveWeight,
			Map<String, String> metadata, RegistrationDetail registration, Health health,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HealthCheck check,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TrafficDetail traffic, @Nullable Hold hold,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable InstanceOverride override) {

		static InstanceDetail of(Instance instance, Traffic.InstanceTraffic traffic, @Nullable Hold hold,
				InstanceOverrides overrides, @Nullable CheckState check, boolean shown) {
			InstanceOverride override = InstanceOverride.of(overrides);
			return new InstanceDetail(instance.id(), instance.endpoint().toString(), instance.zone(),
					instance.version(), instance.weight(), overrides.effectiveWeight(instance.weight()),
					Redaction.values(instance.metadata()), RegistrationDetail.of(instance.registration()),
					Health.of(instance, traffic, hold, override), (check != null) ? HealthCheck.of(check) : null,
					shown ? TrafficDetail.of(traffic) : null, hold, override);
		}

	}

	/**
	 * The record that an instance was read from.
	 *
	 * @param key its full key
	 * @param format the format it is written in
	 * @param createRevision the revision at which the key was created
	 * @param modRevision the revision at which the key was last written
	 * @param lease its lease as etcdctl writes it, in hexadecimal; empty for none
	 * @param source how it came to the gateway
	 */
	record RegistrationDetail(String key, String format, long createRevision, long modRevision, String lease,
			Registration.Origin source) {

		static RegistrationDetail of(Registration registration) {
			return new RegistrationDetail(registration.key(), registration.format(), registration.createRevision(),
					registration.modRevision(),
					(registration.lease() != 0) ? Long.toHexString(registration.lease()) : "", registration.origin());
		}

	}

	/**
	 * How an instance takes part in the choice for a request.
	 *
	 * @param status {@code ROUTABLE}, {@code SLOW_START}, {@code HELD}, {@code FAILING},
	 * {@code RETURNING}, {@code EJECTED}, {@code FAILING_CHECK}, {@code WEIGHTLESS} or
	 * {@code DRAINING}
	 * @param reasons why it is in this state, and what may soon change it, empty when it
	 * takes requests as any other does
	 */
	record Health(InstanceState.Word status, List<String> reasons) {

		static Health of(Instance instance, Traffic.InstanceTraffic traffic, @Nullable Hold hold,
				@Nullable InstanceOverride override) {
			Terms drain = (override != null) ? override.drain() : null;
			WeightTerms weight = (override != null) ? override.weight() : null;
			InstanceState state = (drain != null) ? new InstanceState.Draining() : traffic.state();
			List<String> reasons = new ArrayList<>();
			if (drain != null) {
				reasons.add("an operator drains it " + drain.sentence());
			}
			else if (!isOrdinary(state)) {
				reasons.add(state.reason());
			}
			if (weight != null) {
				reasons.add("an operator has set its weight to %d %s".formatted(weight.weight(),
						weight.terms().sentence()));
			}
			else if (instance.weight() == 0 && !state.isAvoided()) {
				reasons.add(new InstanceState.Weightless().reason());
			}
			if (hold != null) {
				reasons.add(hold.sentence());
			}
			return new Health(word(state, instance, weight, hold), List.copyOf(reasons));
		}

		/** Whether what is to be said of it is said by its weight and hold. */
		private static boolean isOrdinary(InstanceState state) {
			return state instanceof InstanceState.Routable || state instanceof InstanceState.Weightless;
		}

		/**
		 * What is known of the traffic may be older than the weight.
		 */
		private static InstanceState.Word word(InstanceState state, Instance instance, @Nullable WeightTerms weight,
				@Nullable Hold hold) {
			int effective = (weight != null) ? weight.weight() : instance.weight();
			if (isOrdinary(state) && effective == 0) {
				return InstanceState.Word.WEIGHTLESS;
			}
			return ((hold != null) ? state.heldFor(hold.sentence()) : state).word();
		}

	}

	/**
	 * What the active health checks of an instance have come to.
	 *
	 * @param kind {@code tcp}, {@code http} or {@code grpc}; {@code none} when it is not
	 * checked because what it registers of its check does not count
	 * @param asks what it is asked
	 * @param failures how many checks in a row it has failed
	 * @param passes how many it has passed in a row while it is avoided
	 * @param lastCheck when the last one ended, {@code null} before the first
	 * @param lastError what was wrong at the last one, empty when nothing was
	 * @param problem why what it registers of its check does not count, empty when it
	 * does, or there is nothing
	 */
	record HealthCheck(String kind, String asks, int failures, int passes, @Nullable Instant lastCheck,
			String lastError, String problem) {

		static HealthCheck of(CheckState state) {
			return new HealthCheck(state.check().map(Check::kind).orElse(CheckKind.NONE).toString(),
					state.check().map(Check::description).orElse(""), state.failures(), state.passes(),
					state.lastCheck().orElse(null), state.lastError(), state.problem());
		}

	}

	/**
	 * What an instance has done.
	 *
	 * @param active requests in flight
	 * @param total tries so far
	 * @param errors tries that failed
	 * @param connectFailures tries that found no connection
	 */
	record TrafficDetail(int active, long total, long errors, long connectFailures) {

		static TrafficDetail of(Traffic.InstanceTraffic traffic) {
			return new TrafficDetail(traffic.active(), traffic.total(), traffic.errors(), traffic.connectFailures());
		}

	}

}
