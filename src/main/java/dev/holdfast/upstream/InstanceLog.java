package dev.holdfast.upstream;

import dev.holdfast.service.Instance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log when an instance is avoided and when it no longer is, once each.
 */
final class InstanceLog {

	private static final Logger logger = LoggerFactory.getLogger(UpstreamInstance.class);

	private final InstanceContext context;

	/**
	 * Until when nothing is told: an instance that fails some requests and answers others
	 * would else fill the log.
	 */
	private volatile long quietUntil;

	private volatile boolean told;

	/** Why no connection could be made last, empty when there is no more to tell. */
	private volatile String cause = "";

	InstanceLog(InstanceContext context) {
		this.context = context;
		this.quietUntil = context.now();
	}

	void ejected(Instance instance, Ejection begun) {
		if (isQuiet()) {
			return;
		}
		logger.warn("{} of {} at {} is ejected, for {} s at first: {}; the other instances get its requests",
				instance.id(), this.context.service(), instance.endpoint(), begun.time().toSeconds(),
				begun.cause().sentence());
	}

	void refused(Instance instance, Ejection begun) {
		String why = this.cause;
		if (!isQuiet()) {
			logger.warn(
					"No connection to {} of {} at {}{}; it is ejected, for {} ms at first: the other instances "
							+ "get its requests",
					instance.id(), this.context.service(), instance.endpoint(), why.isEmpty() ? "" : ": " + why,
					begun.time().toMillis());
		}
	}

	void explain(String why) {
		this.cause = why;
	}

	private boolean isQuiet() {
		long now = this.context.now();
		if (now - this.quietUntil < 0) {
			return true;
		}
		this.quietUntil = now + this.context.settings().ejection().maxRefusalTime().toNanos();
		this.told = true;
		return false;
	}

	void failedCheck(Instance instance, String why) {
		this.told = true;
		logger.warn("{} of {} at {} fails its check: {}; the other instances get its requests", instance.id(),
				this.context.service(), instance.endpoint(), why);
	}

	/**
	 * It is avoided no more.
	 * @param reason why
	 * @param slowStart how its share grows, {@code null} when it has it at once
	 */
	void returned(Instance instance, String reason, @Nullable SlowStart slowStart) {
		if (!this.told) {
			return;
		}
		this.told = false;
		logger.info("{} of {} at {} {}; {}", instance.id(), this.context.service(), instance.endpoint(), reason,
				(slowStart != null) ? "its share grows for %d s".formatted(slowStart.window().toSeconds())
						: "it is chosen like the others");
	}

}
