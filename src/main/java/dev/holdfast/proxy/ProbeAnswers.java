package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * What the traffic port answers to those who ask after the gateway's own health.
 */
final class ProbeAnswers {

	private final TrafficServer port;

	private final String livenessPath;

	private final String readinessPath;

	ProbeAnswers(TrafficServer port) {
		this.port = port;
		this.livenessPath = port.settings().livenessPath();
		this.readinessPath = port.settings().readinessPath();
	}

	/**
	 * Answers a request if it is a probe.
	 * @param path its canonical path
	 * @return whether it is
	 */
	boolean answer(HttpServerRequest request, String path) {
		Probes probes = this.port.probes();
		String spelling = this.port.routes().policy(null).paths().spelling(path);
		if (this.livenessPath.equals(spelling)) {
			boolean live = probes.live();
			answer(request, live, live ? "ok" : "not live");
			return true;
		}
		if (this.readinessPath.equals(spelling)) {
			boolean ready = probes.ready();
			answer(request, ready, ready ? "ok" : probes.notReadyReason());
			return true;
		}
		return false;
	}

	private void answer(HttpServerRequest request, boolean passed, String text) {
		if (this.port.isShuttingDown() && request.version() != HttpVersion.HTTP_2) {
			request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
			Connections.closeAfterAnswer(request.connection());
		}
		HttpServerResponse response = request.response()
			.setStatusCode(passed ? 200 : 503)
			.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
		Buffer content = ResponseContent.announce(Buffer.buffer(text + "\n"), request);
		if (content.length() > 0) {
			response.end(content);
		}
		else {
			response.end();
		}
	}

}
