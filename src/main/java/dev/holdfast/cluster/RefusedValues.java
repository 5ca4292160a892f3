package dev.holdfast.cluster;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.holdfast.service.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values in etcd that cannot be used, each told once. Whoever may write there could fill
 * the log, so there are some lines a minute and one for all others.
 */
final class RefusedValues {

	private static final Logger logger = LoggerFactory.getLogger(RefusedValues.class);

	private static final int MAX_KNOWN = 1_000;

	private static final int LINES = 10;

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private final Map<String, String> known = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
			return size() > MAX_KNOWN;
		}

	};

	private final LongSupplier nanoTime;

	private long windowStart;

	private int lines;

	RefusedValues(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.windowStart = nanoTime.getAsLong();
	}

	void refuse(String key, String reason) {
		if (reason.equals(this.known.put(key, reason))) {
			return;
		}
		long now = this.nanoTime.getAsLong();
		if (now - this.windowStart >= WINDOW.toNanos()) {
			this.windowStart = now;
			this.lines = 0;
		}
		this.lines++;
		if (this.lines <= LINES) {
			logger.warn("The value of {} in etcd is passed over: {}", PrintableText.of(key), PrintableText.of(reason));
		}
		else if (this.lines == LINES + 1) {
			logger.warn("More values in etcd are passed over; they are not told for a minute");
		}
	}

	/** It was written anew, or is gone. */
	void forget(String key) {
		this.known.remove(key);
	}

}
