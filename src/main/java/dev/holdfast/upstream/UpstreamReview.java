package dev.holdfast.upstream;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is looked at from time to time and not for each request. Of one thread at a time.
 */
final class UpstreamReview {

	private static final Logger logger = LoggerFactory.getLogger(Upstream.class);

	private final InstanceContext context;

	private long comparedAt;

	private boolean panicTold;

	UpstreamReview(InstanceContext context) {
		this.context = context;
		this.comparedAt = context.now();
	}

	/**
	 * Compares the instances when it is time to.
	 */
	void compare(List<UpstreamInstance> instances) {
		OutlierSettings settings = this.context.settings().ejection().outliers();
		long now = this.context.now();
		if (settings.enabled() && now - this.comparedAt >= settings.interval().toNanos()) {
			this.comparedAt = now;
			new OutlierDetection(settings).compare(instances);
		}
	}

	/**
	 * Tells the log that all instances are used, and that they no longer are. Where there
	 * is one the log has it already.
	 */
	void tellPanic(Standing standing) {
		boolean panic = standing.isPanicAmongMany();
		if (panic == this.panicTold) {
			return;
		}
		this.panicTold = panic;
		if (panic) {
			logger.warn("{} of the {} instances of {} are healthy: all get requests until more are", standing.healthy(),
					standing.routable(), this.context.service());
		}
		else {
			logger.info("{} of the {} instances of {} are healthy: the others are avoided again", standing.healthy(),
					standing.routable(), this.context.service());
		}
	}

}
