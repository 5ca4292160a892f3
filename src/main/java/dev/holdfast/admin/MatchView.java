package dev.holdfast.admin;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Where a request would go, and why.
 *
 * @param matched whether it is for any service
 * @param route the route that it would take, {@code null} when there is none
 * @param considered every route in the order of precedence
 * @param service the service that it is for, {@code null} when there is none
 * @param upstreamPath the path and query that an instance would see, {@code null} when
 * there is no service
 * @param candidates the instances that it could be sent to, and those that it could not
 * @param note what else would become of it, empty when there is nothing to say
 */
record MatchView(boolean matched, @Nullable RouteView route, List<ConsideredRoute> considered, @Nullable String service,
		@Nullable String upstreamPath, List<CandidateView> candidates, String note) {

	static MatchView none(List<ConsideredRoute> considered, String note) {
		return new MatchView(false, null, considered, null, null, List.of(), note);
	}

	/**
	 * A route that was looked at.
	 *
	 * @param id its unique name
	 * @param matched whether the request fulfils all that it asks for
	 * @param why what the request lacks, or what became of it
	 */
	record ConsideredRoute(String id, boolean matched, String why) {
	}

	/**
	 * An instance of the service.
	 *
	 * @param id unique within the service
	 * @param url where it listens
	 * @param zone the zone it runs in, empty when it did not say
	 * @param weight the weight that it is registered with
	 * @param effectiveWeight the weight that it is chosen by
	 * @param share the part of the service's requests that it can expect as things stand,
	 * 0 to 1
	 * @param active requests in flight
	 * @param eligible whether it may be chosen
	 * @param reasons what is out of the ordinary with it, and why it may not be chosen
	 */
	record CandidateView(String id, String url, String zone, int weight, int effectiveWeight, double share, int active,
			boolean eligible, List<String> reasons) {
	}

}
