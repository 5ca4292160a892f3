package dev.holdfast.cluster;

import java.util.List;
import java.util.function.Supplier;

/**
 * Tells of all gateways that share an etcd.
 */
@FunctionalInterface
public interface Gateways {

	/**
	 * Return what is known of them; never blocks.
	 * @return all gateways, at least the one that answers
	 */
	GatewaysView view();

	/**
	 * Return what a gateway tells that knows of no other.
	 * @param local the gateway
	 * @param standing how its view of the registry stands
	 * @param reason why it knows of no other
	 * @return it alone
	 */
	static Gateways alone(Supplier<LocalGateway> local, Supplier<Standing> standing, String reason) {
		return () -> {
			LocalGateway self = local.get();
			Standing now = standing.get();
			GatewayReport report = self.report(now.state(), now.changed(), self.startedAt());
			return new GatewaysView(false, reason, self.instanceId(), report.revision(),
					List.of(GatewayView.of(report, false, report.revision(), false, true)));
		};
	}

}
