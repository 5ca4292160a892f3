package dev.holdfast.configuration;

import java.util.Map;

import dev.holdfast.admin.PortAnswers;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.header.HostPort;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestGuard;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.RequestTarget;
import dev.holdfast.route.ActiveRoutes;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request before its route is looked for, by the same rules and in the
 * same order as on the traffic port.
 */
final class TrafficPortAnswers implements PortAnswers {

	/** No route names it; whoever leaves the host open means any. */
	private static final String ANY_HOST = "any.invalid";

	private final ActiveRoutes routes;

	private final TrafficLimits limits;

	private final String livenessPath;

	private final String readinessPath;

	TrafficPortAnswers(ActiveRoutes routes, TrafficLimits limits, String livenessPath, String readinessPath) {
		this.routes = routes;
		this.limits = limits;
		this.livenessPath = livenessPath;
		this.readinessPath = readinessPath;
	}

	@Override
	public String find(String method, String host, String target, Map<String, String> fields) {
		RequestTarget parsed = RequestTarget.parse(target);
		if (parsed != null && isProbe(parsed.path())) {
			return "the path is that of a probe: the gateway answers it by itself, and no route sees it";
		}
		Rejection rejection = rejection(method, host, target, fields, parsed);
		if (rejection == null) {
			return "";
		}
		GatewayError error = rejection.error();
		return "its %s is not taken: it is answered %d %s".formatted(rejection.reason(), error.status(), error.code());
	}

	private boolean isProbe(String path) {
		String spelling = this.routes.table().policy(null).paths().spelling(path);
		return spelling.equals(this.livenessPath) || spelling.equals(this.readinessPath);
	}

	private @Nullable Rejection rejection(String method, String host, String target, Map<String, String> fields,
			@Nullable RequestTarget parsed) {
		String field = host.isEmpty() ? ANY_HOST : host;
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_1_1, method, target);
		head.fields().add("host", field);
		fields.forEach(head.fields()::add);
		Rejection rejection = RequestGuard.check(head, this.limits);
		if (rejection != null) {
			return rejection;
		}
		if (parsed == null) {
			return Rejection.TARGET;
		}
		return (HostPort.parse(field) == null) ? Rejection.HOST : null;
	}

}
