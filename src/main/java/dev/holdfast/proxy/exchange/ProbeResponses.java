package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.Probes;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.route.ActiveRoutes;

/**
 * What the traffic port answers to those who ask after the gateway's own health.
 */
final class ProbeResponses {

	private final Probes probes;

	private final ActiveRoutes routes;

	private final ClientResponses responses;

	private final String livenessPath;

	private final String readinessPath;

	ProbeResponses(Probes probes, ActiveRoutes routes, ClientResponses responses, TrafficSettings settings) {
		this.probes = probes;
		this.routes = routes;
		this.responses = responses;
		this.livenessPath = settings.livenessPath();
		this.readinessPath = settings.readinessPath();
	}

	/**
	 * Whether a request is a probe.
	 * @param path its canonical path
	 */
	boolean isProbe(String path) {
		String spelling = spelling(path);
		return this.livenessPath.equals(spelling) || this.readinessPath.equals(spelling);
	}

	private String spelling(String path) {
		return this.routes.table().policy(null).paths().spelling(path);
	}

	/**
	 * Answer a probe.
	 * @param client where the answer goes
	 * @param path the request's canonical path
	 * @param close whether the connection cannot be used any more
	 */
	void answer(ClientStream client, String path, boolean close) {
		if (this.livenessPath.equals(spelling(path))) {
			boolean live = this.probes.live();
			send(client, live, live ? "ok" : "not live", close);
		}
		else {
			boolean ready = this.probes.ready();
			send(client, ready, ready ? "ok" : this.probes.notReadyReason(), close);
		}
	}

	private void send(ClientStream client, boolean passed, String text, boolean close) {
		this.responses.sendText(client, passed ? 200 : 503, text + "\n", close);
	}

}
