package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.header.ChangedFields;
import dev.holdfast.proxy.header.CorsFields;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;

/**
 * What a route does to the fields of responses, whoever gives them.
 */
final class ChangedResponse {

	private ChangedResponse() {
	}

	/**
	 * Change the fields of a response.
	 * @param policy how the request is treated
	 * @param request the request, which may come from a page of another origin
	 * @param fields the fields of the response's head, which is about to be sent
	 */
	static void apply(RoutePolicy policy, RequestHead request, HeaderFields fields) {
		if (policy.isPlain()) {
			return;
		}
		RouteActions actions = policy.actions();
		ChangedFields.apply(actions.responseFields(), fields);
		// Behind what the route changes, which must not undo it. A preflight that is not
		// answered here is about a route that leaves CORS to its service.
		if (!actions.cors().isNone() && CorsFields.preflightedMethod(request) == null) {
			CorsFields.write(actions.cors(), request.fields(), fields);
		}
	}

}
