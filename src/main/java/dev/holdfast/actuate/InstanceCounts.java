package dev.holdfast.actuate;

import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * How many instances of a service are in which state; each is in one.
 *
 * @param routable those that take new requests
 * @param ejected those that refused a connection or failed requests, and are avoided
 * @param weightless those whose weight of 0 keeps new requests away
 */
record InstanceCounts(int routable, int ejected, int weightless) {

	static final InstanceCounts NONE = new InstanceCounts(0, 0, 0);

	static InstanceCounts of(@Nullable Upstream upstream) {
		if (upstream == null) {
			return NONE;
		}
		int routable = 0;
		int ejected = 0;
		int weightless = 0;
		for (UpstreamInstance instance : upstream.instances()) {
			if (instance.ejected()) {
				ejected++;
			}
			else if (instance.instance().weight() == 0) {
				weightless++;
			}
			else {
				routable++;
			}
		}
		return new InstanceCounts(routable, ejected, weightless);
	}

	InstanceCounts plus(InstanceCounts other) {
		return new InstanceCounts(this.routable + other.routable, this.ejected + other.ejected,
				this.weightless + other.weightless);
	}

}
