package dev.holdfast.upstream;

import java.util.ArrayList;
import java.util.List;

/**
 * Compares the instances of a service by the part of their requests that succeeded, and
 * ejects those that are far below the mean. An instance that fails every other request
 * seldom fails five in a row.
 */
final class OutlierDetection {

	/**
	 * How many standard deviations of chance an outlier must lie outside of: where all
	 * instances fail a few requests, one of them always fails the most.
	 */
	private static final double CHANCE = 5;

	private final OutlierSettings settings;

	OutlierDetection(OutlierSettings settings) {
		this.settings = settings;
	}

	/**
	 * Compares what has become of the requests since this was called last. Called by one
	 * thread at a time.
	 */
	void compare(List<UpstreamInstance> instances) {
		List<Compared> compared = new ArrayList<>();
		for (UpstreamInstance instance : instances) {
			TryCounts.Sample sample = instance.sample();
			if (sample.ended() >= this.settings.minRequests() && instance.health().isHealthy()
					&& instance.effectiveWeight() > 0) {
				compared.add(new Compared(instance, sample));
			}
		}
		if (compared.size() >= this.settings.minInstances()) {
			eject(compared);
		}
	}

	private void eject(List<Compared> compared) {
		double mean = compared.stream().mapToDouble(Compared::rate).average().orElse(1);
		double deviation = Math
			.sqrt(compared.stream().mapToDouble((one) -> Math.pow(one.rate() - mean, 2)).average().orElse(0));
		for (Compared one : compared) {
			double chance = Math.sqrt(mean * (1 - mean) / one.sample.ended());
			double below = mean - one.rate();
			if (below > this.settings.deviations() * deviation && below > CHANCE * chance) {
				one.instance.fallBehind(new EjectionCause.Outlier(one.rate(), mean));
			}
		}
	}

	/**
	 * An instance that has had enough requests.
	 */
	private record Compared(UpstreamInstance instance, TryCounts.Sample sample) {

		double rate() {
			return this.sample.successRate();
		}

	}

}
