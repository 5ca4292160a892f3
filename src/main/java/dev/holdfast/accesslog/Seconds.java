package dev.holdfast.accesslog;

/**
 * Durations as seconds with six decimals.
 */
final class Seconds {

	private static final long NANOS_PER_MICRO = 1_000;

	private static final long MICROS = 1_000_000;

	private Seconds() {
	}

	static void append(long nanos, StringBuilder line) {
		long micros = Math.max(0, nanos) / NANOS_PER_MICRO;
		line.append(micros / MICROS).append('.');
		// A digit more, which keeps the zeros in front.
		int place = line.length();
		line.append(MICROS + micros % MICROS).deleteCharAt(place);
	}

}
