package dev.holdfast.proxy.exchange;

import java.time.Duration;
import java.util.Set;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.UpstreamSettings;

/**
 * Worlds with another policy than the usual.
 */
final class Policies {

	private Policies() {
	}

	static ExchangeWorld withMaxBodySize(long size) {
		RoutePolicy usual = RoutePolicy.DEFAULTS;
		return world(new RoutePolicy(usual.protocol(), usual.times(), size, usual.security(), usual.paths()));
	}

	static ExchangeWorld withTimes(Duration request, Duration perTry, Duration total, Duration body,
			Duration streamIdle) {
		return withTimes(1, new RouteTimes(request, perTry, total, body, streamIdle));
	}

	static ExchangeWorld withTimes(int instances, RouteTimes times) {
		RoutePolicy usual = RoutePolicy.DEFAULTS;
		return new ExchangeWorld(
				new RoutePolicy(usual.protocol(), times, usual.maxBodySize(), usual.security(), usual.paths()),
				UpstreamSettings.DEFAULTS, Scheme.HTTP, instances);
	}

	static ExchangeWorld withRetry(int instances, int attempts, Duration backoff, Integer... statuses) {
		return new ExchangeWorld(RoutePolicy.DEFAULTS.with(new RetryPolicy(attempts, Set.of(statuses), backoff)),
				UpstreamSettings.DEFAULTS, Scheme.HTTP, instances);
	}

	static ExchangeWorld withProtocol(BackendProtocol protocol) {
		RoutePolicy usual = RoutePolicy.DEFAULTS;
		return world(new RoutePolicy(protocol, usual.times(), usual.maxBodySize(), usual.security(), usual.paths()));
	}

	static ExchangeWorld withMaxRequests(int maxRequests, int maxQueued) {
		return new ExchangeWorld(RoutePolicy.DEFAULTS,
				new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, maxRequests, maxQueued),
				Scheme.HTTP, 1);
	}

	private static ExchangeWorld world(RoutePolicy policy) {
		return new ExchangeWorld(policy, UpstreamSettings.DEFAULTS, Scheme.HTTP, 1);
	}

}
