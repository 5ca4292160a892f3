package dev.holdfast.admin;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;

/**
 * A route with all that it asks of requests and does to them.
 *
 * @param id its unique name, {@code by-path} for the rule that takes the first segment of
 * the path for the name of a service
 * @param host the host that requests must name, empty for any
 * @param path the path that requests must have
 * @param methods the methods that requests must have, empty for any
 * @param headers the header fields that requests must have; values that look like secrets
 * are hidden
 * @param service where its requests go, {@code null} for the rule by path and where the
 * gateway answers itself
 * @param stripPrefix what is taken off the path, empty for nothing
 * @param preserveHost whether the backend sees the client's Host
 * @param protocol the version of HTTP that instances are spoken to in
 * @param sslBundle the SSL bundle that instances are trusted by, empty for the JVM's
 * trust store
 * @param serverName the name that certificates of instances must be for, empty for the
 * host of each
 * @param maxBodyBytes the largest body of a request, 0 for any
 * @param encodedSlashes what becomes of requests with an encoded slash in their path
 * @param mergeSlashes whether slashes that follow each other count as one
 * @param times how long parts of a request may take
 * @param matches what requests must have, one of them; empty for the rule by path
 * @param backends the services that its requests go to by their weights
 * @param retry when requests are tried again
 * @param actions what is done to requests and responses, left out when that is nothing
 */
record RouteView(String id, String host, String path, Set<String> methods, Map<String, String> headers,
		@Nullable String service, String stripPrefix, boolean preserveHost, BackendProtocol protocol, String sslBundle,
		String serverName, long maxBodyBytes, EncodedSlashes encodedSlashes, boolean mergeSlashes, Times times,
		List<MatchConditions> matches, List<BackendShare> backends, Retry retry,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ActionsView actions) {

	static RouteView of(Route route) {
		Map<String, String> headers = new TreeMap<>();
		route.headers().forEach((name, value) -> headers.put(name, Redaction.value(name, value)));
		return of(route.id(), route.host(), route.path(), new TreeSet<>(route.methods()), headers,
				(route.service() != null) ? route.service().value() : null, route.stripPrefix(), route.preserveHost(),
				route.policy(), route.matches().stream().map(MatchConditions::of).toList(),
				route.backends().stream().map(BackendShare::of).toList());
	}

	static RouteView byPath(RoutePolicy policy) {
		return of(RouteTable.BY_PATH, "", "/{service}/**", Set.of(), Map.of(), null, "/{service}", false, policy);
	}

	/**
	 * Show what is known of a route that is not in force, which is its name.
	 */
	static RouteView unknown(String id) {
		return of(id, "", "", Set.of(), Map.of(), null, "", false, RoutePolicy.DEFAULTS);
	}

	private static RouteView of(String id, String host, String path, Set<String> methods, Map<String, String> headers,
			@Nullable String service, String stripPrefix, boolean preserveHost, RoutePolicy policy) {
		return of(id, host, path, methods, headers, service, stripPrefix, preserveHost, policy, List.of(), List.of());
	}

	private static RouteView of(String id, String host, String path, Set<String> methods, Map<String, String> headers,
			@Nullable String service, String stripPrefix, boolean preserveHost, RoutePolicy policy,
			List<MatchConditions> matches, List<BackendShare> backends) {
		return new RouteView(id, host, path, methods, headers, service, stripPrefix, preserveHost, policy.protocol(),
				policy.security().bundle(), policy.security().serverName(), policy.maxBodySize(),
				policy.paths().encodedSlashes(), policy.paths().mergeSlashes(), Times.of(policy.times()), matches,
				backends, Retry.of(policy.retry()), policy.isPlain() ? null : ActionsView.of(policy.actions()));
	}

	boolean matches(String text) {
		return Text.contains(text, this.id, this.host, this.path, (this.service != null) ? this.service : "");
	}

	/**
	 * When requests are tried again, always on another instance.
	 *
	 * @param attempts how many more tries a request may have
	 * @param statuses the statuses with which an answer is given up for another
	 * instance's
	 * @param backoffSeconds the shortest time before another try, 0 for the first at once
	 */
	record Retry(int attempts, Set<Integer> statuses, double backoffSeconds) {

		static Retry of(RetryPolicy retry) {
			return new Retry(retry.attempts(), new TreeSet<>(retry.statuses()), retry.backoff().toMillis() / 1000.0);
		}

	}

	/**
	 * How long parts of a request may take, 0 for any time.
	 *
	 * @param requestSeconds without progress until the answer begins, over all tries
	 * @param trySeconds the same for one try, 0 for as long as the request may take
	 * @param totalSeconds to the end of the answer
	 * @param bodySeconds without a byte of the request's body
	 * @param streamIdleSeconds without a byte of an answer that has begun
	 */
	record Times(double requestSeconds, double trySeconds, double totalSeconds, double bodySeconds,
			double streamIdleSeconds) {

		static Times of(RouteTimes times) {
			return new Times(times.request().toMillis() / 1000.0, times.perTry().toMillis() / 1000.0,
					times.total().toMillis() / 1000.0, times.body().toMillis() / 1000.0,
					times.streamIdle().toMillis() / 1000.0);
		}

	}

}
