package dev.holdfast.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The HTTP statuses that say that an instance is well.
 *
 * @param ranges the statuses, in the order in which they were written
 */
public record StatusSet(List<Range> ranges) {

	private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{2})(?:-([1-9][0-9]{2}))?");

	/** What a list of statuses may be written in. */
	private static final int MOST = 20;

	/**
	 * Copies the ranges.
	 * @throws IllegalArgumentException if there are none, or too many
	 */
	public StatusSet {
		if (ranges.isEmpty() || ranges.size() > MOST) {
			throw new IllegalArgumentException(
					"status: %d statuses and ranges (expected: 1 to %d)".formatted(ranges.size(), MOST));
		}
		ranges = List.copyOf(ranges);
	}

	/**
	 * Reads statuses and ranges of them.
	 * @param texts each a status or a range, such as {@code 204} or {@code 200-299}
	 * @return the set
	 * @throws IllegalArgumentException if one is neither, or there are none
	 */
	public static StatusSet of(List<String> texts) {
		List<Range> ranges = new ArrayList<>();
		for (String text : texts) {
			ranges.add(range(text.strip()));
		}
		return new StatusSet(ranges);
	}

	/**
	 * Reads statuses and ranges of them.
	 * @param text statuses and ranges with commas between them, such as
	 * {@code 200-299,304}
	 * @return the set
	 * @throws IllegalArgumentException if it is anything else
	 */
	public static StatusSet parse(String text) {
		return of(List.of(text.split(",", -1)));
	}

	private static Range range(String text) {
		Matcher matcher = RANGE.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException(
					"status: \"%s\" (expected: a status such as 204, or a range such as 200-299)".formatted(text));
		}
		int first = Integer.parseInt(matcher.group(1));
		int last = (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : first;
		return new Range(first, last);
	}

	/**
	 * Whether a status is one of them.
	 * @param status the status
	 * @return whether it is
	 */
	public boolean contains(int status) {
		for (Range range : this.ranges) {
			if (status >= range.first() && status <= range.last()) {
				return true;
			}
		}
		return false;
	}

	@Override
	public String toString() {
		return this.ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
	}

	/**
	 * Statuses from one to another.
	 *
	 * @param first the lowest one
	 * @param last the highest one
	 */
	public record Range(int first, int last) {

		private static final int LOWEST = 200;

		private static final int HIGHEST = 599;

		/**
		 * Checks the statuses.
		 * @throws IllegalArgumentException if no final response has such
		 */
		public Range {
			if (first < LOWEST || last > HIGHEST || first > last) {
				throw new IllegalArgumentException(
						"status: %d-%d (expected: from %d to %d)".formatted(first, last, LOWEST, HIGHEST));
			}
		}

		@Override
		public String toString() {
			return (this.first == this.last) ? Integer.toString(this.first) : this.first + "-" + this.last;
		}

	}

}
