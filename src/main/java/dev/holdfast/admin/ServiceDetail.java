package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.admin.InstanceOverride.Terms;
import dev.holdfast.admin.InstanceOverride.WeightTerms;
import dev.holdfast.override.InstanceOverrides;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Redaction;
import dev.holdfast.service.Registration;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Outcome;
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
	 * @param traffic what it has done since the gateway knows it, left out when that is
	 * not asked for
	 * @param hold why it stays although the registry no longer has it, {@code null} while
	 * it is registered
	 * @param override what an operator has set against what is registered, left out when
	 * there is nothing
	 */
	record InstanceDetail(String id, String url, String zone, String version, int weight, int effectiveWeight,
			Map<String, String> metadata, RegistrationDetail registration, Health health,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TrafficDetail traffic, @Nullable Hold hold,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable InstanceOverride override) {

		static InstanceDetail of(Instance instance, Traffic.InstanceTraffic traffic, @Nullable Hold hold,
				InstanceOverrides overrides, boolean shown) {
			InstanceOverride override = InstanceOverride.of(overrides);
			return new InstanceDetail(instance.id(), instance.endpoint().toString(), instance.zone(),
					instance.version(), instance.weight(), overrides.effectiveWeight(instance.weight()),
					Redaction.values(instance.metadata()), RegistrationDetail.of(instance.registration()),
					Health.of(instance, traffic, hold, override), shown ? TrafficDetail.of(traffic) : null, hold,
					override);
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
	 * Whether an instance takes new requests as any other does.
	 *
	 * @param status {@code HEALTHY}, {@code FAILING}, {@code EJECTED}, {@code RETURNING}
	 * or {@code DRAINING}
	 * @param reasons why it takes no new requests or may soon take none, empty when it
	 * takes them as any other does
	 */
	record Health(String status, List<String> reasons) {

		static Health of(Instance instance, Traffic.InstanceTraffic traffic, @Nullable Hold hold,
				@Nullable InstanceOverride override) {
			Terms drain = (override != null) ? override.drain() : null;
			WeightTerms weight = (override != null) ? override.weight() : null;
			Health seen = (drain != null) ? new Health("DRAINING", List.of("an operator drains it " + drain.sentence()))
					: of(traffic.state());
			List<String> reasons = new ArrayList<>(seen.reasons);
			if (weight != null) {
				reasons.add("an operator has set its weight to %d %s".formatted(weight.weight(),
						weight.terms().sentence()));
			}
			else if (instance.weight() == 0 && !traffic.ejected()) {
				reasons.add("its weight is 0");
			}
			if (hold != null) {
				reasons.add(hold.sentence());
			}
			return new Health(seen.status, List.copyOf(reasons));
		}

		private static Health of(InstanceState state) {
			return switch (state) {
				case InstanceState.Routable() -> new Health("HEALTHY", List.of());
				case InstanceState.Failing(int failures) -> new Health("FAILING",
						List.of("it failed %d requests in a row; it is not avoided, since no more instances may be"
							.formatted(failures)));
				case InstanceState.Ejected ejected -> new Health("EJECTED", List.of(sentence(ejected)));
				case InstanceState.Returning(Outcome cause, int failures) -> new Health("RETURNING",
						List.of(cause(cause, failures) + "; it gets one request at a time until one succeeds"));
				case InstanceState.Draining() -> new Health("DRAINING", List.of("an operator drains it"));
			};
		}

		private static String sentence(InstanceState.Ejected ejected) {
			String cause = cause(ejected.cause(), ejected.failures());
			return (ejected.cause() == Outcome.CONNECT_FAILURE) ? cause + "; it is avoided while there is another"
					: "%s; it is avoided for %d s while there is another".formatted(cause, ejected.time().toSeconds());
		}

		private static String cause(Outcome cause, int failures) {
			return (cause == Outcome.CONNECT_FAILURE) ? "a connection to it was refused lately"
					: "it failed %d requests in a row, the last one %s".formatted(failures, cause.description());
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
