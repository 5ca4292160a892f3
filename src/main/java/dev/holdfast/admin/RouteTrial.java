package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RouteExplanation;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.CanonicalPath;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import dev.holdfast.upstream.Candidate;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/**
 * Follows a request that nobody has sent through the table of routes and the choice of an
 * instance, up to where something would be sent or counted.
 */
final class RouteTrial {

	private final ActiveRoutes routes;

	private final Upstreams upstreams;

	private final Registry registry;

	private final Overrides overrides;

	private final PortAnswers answers;

	RouteTrial(ActiveRoutes routes, Upstreams upstreams, Registry registry, Overrides overrides, PortAnswers answers) {
		this.routes = routes;
		this.upstreams = upstreams;
		this.registry = registry;
		this.overrides = overrides;
		this.answers = answers;
	}

	MatchView of(ImaginedRequest request) {
		String answer = this.answers.find(request.method(), request.hostField(), request.path() + request.query(),
				request.headers());
		if (!answer.isEmpty()) {
			return MatchView.none(List.of(), answer);
		}
		String path = CanonicalPath.of(request.path());
		if (path == null) {
			return MatchView.none(List.of(), "the path can be read in two ways: it is answered 400 bad-request");
		}
		RouteTable table = this.routes.table();
		RouteExplanation explanation = table.explain(request.method(), request.host(), path, request.query(),
				request.headers()::get);
		List<MatchView.ConsideredRoute> considered = explanation.considered()
			.stream()
			.map((rule) -> new MatchView.ConsideredRoute(rule.route(), rule.matched(), rule.why()))
			.toList();
		RouteMatch match = explanation.match();
		boolean rejected = table.policy(match).paths().rejects(path);
		String rejection = rejected ? "the path has an encoded slash: it is answered 400 bad-request" : "";
		if (match == null) {
			return MatchView.none(considered, rejected ? rejection : "it is answered 404 no-route");
		}
		RouteView route = (explanation.route() != null) ? RouteView.of(explanation.route())
				: RouteView.byPath(match.policy());
		ServiceName service = match.service();
		if (service == null) {
			return new MatchView(true, route, considered, null, null, List.of(),
					rejected ? rejection : "the gateway answers it itself");
		}
		List<MatchView.CandidateView> candidates = candidates(service, match.subset());
		return new MatchView(true, route, considered, service.value(), match.path() + request.query(), candidates,
				rejected ? rejection : note(service, match.subset(), candidates));
	}

	private List<MatchView.CandidateView> candidates(ServiceName service, Subset subset) {
		Upstream upstream = this.upstreams.find(service);
		return (upstream != null)
				? upstream.candidates(subset).stream().map((candidate) -> view(service, candidate)).toList()
				: List.of();
	}

	private MatchView.CandidateView view(ServiceName service, Candidate candidate) {
		Instance instance = candidate.instance().instance();
		Hold hold = this.registry.held(service, instance.id()).map(Hold::of).orElse(null);
		List<String> reasons = new ArrayList<>(ServiceDetail.Health
			.of(instance, UpstreamTraffic.traffic(candidate.instance()), hold,
					InstanceOverride.of(this.overrides.active().of(service).of(instance.id())))
			.reasons());
		if (candidate.full()) {
			reasons.add("it has all the requests that it gets at a time");
		}
		return new MatchView.CandidateView(instance.id(), instance.endpoint().toString(), instance.zone(),
				instance.weight(), candidate.weight(), Math.round(candidate.share() * 1e6) / 1e6,
				candidate.instance().active(), candidate.eligible(), List.copyOf(reasons));
	}

	private String note(ServiceName service, Subset subset, List<MatchView.CandidateView> candidates) {
		Upstream upstream = this.upstreams.find(service);
		if (isOpen(upstream)) {
			return "the circuit breaker of %s is open: it is answered 503 circuit-open".formatted(service);
		}
		if (candidates.stream().anyMatch(MatchView.CandidateView::eligible)) {
			return "";
		}
		return (upstream != null && upstream.takesRequests(subset))
				? "all instances that take requests have as many as they get at a time: it waits for one, and is answered 503 overloaded if none is free in time"
				: "%s has no instance%s that takes requests: it is answered 503 no-instance".formatted(service,
						subset.isAll() ? "" : " of the route's subset");
	}

	private static boolean isOpen(@Nullable Upstream upstream) {
		return upstream != null && (upstream.circuit().equals("OPEN") || upstream.circuit().equals("FORCED_OPEN"));
	}

}
