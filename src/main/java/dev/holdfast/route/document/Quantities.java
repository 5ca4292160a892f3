package dev.holdfast.route.document;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads durations and sizes, as the configuration has them and as Gateway API has them.
 */
final class Quantities {

	static final String DURATION = "a duration with its unit, such as 500ms, 30s, 5m or 1h";

	static final String SIZE = "a size such as 16KB or 10MB";

	static final String GATEWAY_DURATION = "a duration such as 500ms, 30s or 1h30m";

	private static final Pattern SIMPLE = Pattern.compile("([0-9]{1,15})([A-Za-z]{1,2})");

	/** GEP-2257. */
	private static final Pattern GATEWAY = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");

	private static final Pattern GATEWAY_PART = Pattern.compile("([0-9]{1,5})(ms|h|m|s)");

	private static final Pattern PERCENTAGE = Pattern.compile("(100|[0-9]{1,2}(\\.[0-9]{1,4})?)%");

	private static final Map<String, Long> NANOS = Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L,
			"m", 60_000_000_000L, "h", 3_600_000_000_000L, "d", 86_400_000_000_000L);

	private static final Map<String, Long> BYTES = Map.of("B", 1L, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB",
			1L << 40);

	private Quantities() {
	}

	/**
	 * Return a duration of the configuration.
	 * @throws IllegalArgumentException if it is none
	 */
	static Duration duration(String text) {
		if (text.equals("0")) {
			return Duration.ZERO;
		}
		Matcher simple = SIMPLE.matcher(text);
		Long unit = simple.matches() ? NANOS.get(simple.group(2).toLowerCase(Locale.ROOT)) : null;
		try {
			return (unit != null) ? Duration.ofNanos(Math.multiplyExact(Long.parseLong(simple.group(1)), unit))
					: Duration.parse(text);
		}
		catch (ArithmeticException | DateTimeParseException ex) {
			throw invalid(text, text.matches("[0-9]+") ? "a unit: %ss or %sms".formatted(text, text) : DURATION, ex);
		}
	}

	/**
	 * Return a size of the configuration in bytes.
	 * @throws IllegalArgumentException if it is none
	 */
	static long size(String text) {
		Matcher simple = SIMPLE.matcher(text);
		Long unit = simple.matches() ? BYTES.get(simple.group(2)) : null;
		try {
			return (unit != null) ? Math.multiplyExact(Long.parseLong(simple.group(1)), unit) : Long.parseLong(text);
		}
		catch (ArithmeticException | NumberFormatException ex) {
			throw invalid(text, SIZE, ex);
		}
	}

	/**
	 * Return a duration of Gateway API.
	 * @throws IllegalArgumentException if it is none
	 */
	static Duration gatewayDuration(String text) {
		if (!GATEWAY.matcher(text).matches()) {
			throw invalid(text, GATEWAY_DURATION, null);
		}
		Duration sum = Duration.ZERO;
		Matcher part = GATEWAY_PART.matcher(text);
		while (part.find()) {
			sum = sum.plusNanos(Long.parseLong(part.group(1)) * NANOS.getOrDefault(part.group(2), 0L));
		}
		return sum;
	}

	/**
	 * Return the part of a whole that a percentage tells.
	 * @throws IllegalArgumentException if it is none
	 */
	static double share(String text) {
		if (!PERCENTAGE.matcher(text).matches()) {
			throw invalid(text, "a percentage such as 10% or 0.5%", null);
		}
		return Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
	}

	private static IllegalArgumentException invalid(String text, String expected, @Nullable Exception cause) {
		return new IllegalArgumentException("\"%s\" (expected: %s)".formatted(text, expected), cause);
	}

}
