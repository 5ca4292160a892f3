package dev.holdfast.actuate;

import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * How many instances of a service are in which state; each is in one.
 *
 * @param routable those that take new requests
 * @param ejected those that refused a connection or failed requests, and are avoided
 * @param draining those that get no new requests at an operator's word
 * @param weightless those whose weight of 0 keeps new requests away
 */
record InstanceCounts(int routable, int ejected, int draining, int weightless) {

	static final InstanceCounts NONE = new InstanceCounts(0, 0, 0, 0);

	static InstanceCounts of(@Nullable Upstream upstream) {
		if (upstream == null) {
			return NONE;
		}
		int routable = 0;
		int ejected = 0;
		int draining = 0;
		int weightless = 0;
		for (UpstreamInstance instance : upstream.instances()) {
			InstanceState state = instance.state();
			if (state instanceof InstanceState.Draining) {
				draining++;
			}
			else if (state instanceof InstanceState.Ejected) {
				ejected++;
			}
			else if (instance.effectiveWeight() == 0) {
				weightless++;
			}
			else {
				routable++;
			}
		}
		return new InstanceCounts(routable, ejected, draining, weightless);
	}

	InstanceCounts plus(InstanceCounts other) {
		return new InstanceCounts(this.routable + other.routable, this.ejected + other.ejected,
				this.draining + other.draining, this.weightless + other.weightless);
	}

}
