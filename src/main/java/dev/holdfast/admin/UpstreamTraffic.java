package dev.holdfast.admin;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.check.ActiveChecks;
import dev.holdfast.check.CheckState;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Retries;
import dev.holdfast.upstream.Statistics;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.Upstreams;
import org.springframework.stereotype.Component;

/**
 * Reads the traffic from the upstreams. A service that was registered a moment ago may
 * not be among them yet, and has had no traffic.
 */
@Component
final class UpstreamTraffic implements Traffic {

	private final Upstreams upstreams;

	private final ActiveChecks checks;

	UpstreamTraffic(Upstreams upstreams, ActiveChecks checks) {
		this.upstreams = upstreams;
		this.checks = checks;
	}

	@Override
	public String circuit(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		return (upstream != null) ? upstream.circuit() : "CLOSED";
	}

	@Override
	public boolean isPanicking(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		return upstream != null && upstream.isPanicking();
	}

	@Override
	public void resetCircuit(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		if (upstream != null) {
			upstream.resetCircuit();
		}
	}

	@Override
	public Statistics statistics(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		return (upstream != null) ? upstream.statistics() : Statistics.NONE;
	}

	@Override
	public Retries retries(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		return (upstream != null) ? upstream.retries() : Retries.NONE;
	}

	@Override
	public Map<String, InstanceTraffic> instances(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		return (upstream == null) ? Map.of()
				: upstream.instances()
					.stream()
					.collect(Collectors.toMap((instance) -> instance.instance().id(), UpstreamTraffic::traffic));
	}

	@Override
	public Map<String, CheckState> checks(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		Map<String, CheckState> checked = new HashMap<>();
		for (UpstreamInstance instance : (upstream != null) ? upstream.instances() : List.<UpstreamInstance>of()) {
			CheckState state = this.checks.state(service, instance);
			if (state != null) {
				checked.put(instance.instance().id(), state);
			}
		}
		return checked;
	}

	@Override
	public Set<String> ejected(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		Set<String> ejected = Set.of();
		for (UpstreamInstance instance : (upstream != null) ? upstream.instances() : List.<UpstreamInstance>of()) {
			if (instance.ejected()) {
				ejected = ejected.isEmpty() ? new HashSet<>() : ejected;
				ejected.add(instance.instance().id());
			}
		}
		return ejected;
	}

	static InstanceTraffic traffic(UpstreamInstance instance) {
		return new InstanceTraffic(instance.state(), instance.active(), instance.total(), instance.errors(),
				instance.connectFailures());
	}

}
