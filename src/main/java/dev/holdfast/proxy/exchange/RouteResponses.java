package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.header.AskedOrigin;
import dev.holdfast.proxy.header.RequestHost;
import dev.holdfast.proxy.header.RequestTarget;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.RouteMatch;

/**
 * What a route has the gateway answer itself.
 */
final class RouteResponses {

	private static final int NO_CONTENT = 204;

	private final ClientResponses responses;

	RouteResponses(ClientResponses responses) {
		this.responses = responses;
	}

	/**
	 * Answer a request in the place of a service.
	 * @param client where the response goes
	 * @param log hears of it
	 * @param match the request's way
	 * @param target what it asks for
	 * @param host the host that it is for
	 * @param close whether the connection cannot be used any more
	 */
	void respond(ClientStream client, RequestLog log, RouteMatch match, RequestTarget target, RequestHost host,
			boolean close) {
		client.listen(new AnsweredRequest(client));
		switch (match.policy().actions().response()) {
			case DirectResponse.None none -> throw new IllegalArgumentException(
					"route: \"%s\" (expected: one that is answered by the gateway)".formatted(match.route()));
			case DirectResponse.Redirect redirect -> {
				AskedOrigin asked = AskedOrigin.of(client.head(), client.peer(), host);
				String location = redirect.location(asked.scheme(), asked.host(), asked.port(), match.path(),
						target.query());
				log.respond(redirect.status());
				this.responses.sendRedirect(client, redirect.status(), location, close, match.policy());
			}
			case DirectResponse.Fixed fixed -> {
				log.respond(fixed.status());
				log.transfer(0, this.responses.sendFixed(client, fixed, close, match.policy()));
			}
		}
		log.end();
	}

	/**
	 * Answer a browser that asks for leave to send a request.
	 * @param client where the response goes
	 * @param log hears of it
	 * @param match the way that the request would take
	 * @param close whether the connection cannot be used any more
	 */
	void allow(ClientStream client, RequestLog log, RouteMatch match, boolean close) {
		client.listen(new AnsweredRequest(client));
		log.respond(NO_CONTENT);
		this.responses.sendPreflight(client, match.policy(), close);
		log.end();
	}

}
