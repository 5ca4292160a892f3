package dev.holdfast.route;

/**
 * Finds a part of a text among sorted texts without making a text of it.
 */
final class SortedTexts {

	private SortedTexts() {
	}

	/**
	 * Return where a part of a text stands.
	 * @return its index, -1 when it is none of them
	 */
	static int find(String[] sorted, String text, int from, int to) {
		int low = 0;
		int high = sorted.length - 1;
		while (low <= high) {
			int middle = (low + high) >>> 1;
			int order = compare(sorted[middle], text, from, to);
			if (order == 0) {
				return middle;
			}
			if (order < 0) {
				low = middle + 1;
			}
			else {
				high = middle - 1;
			}
		}
		return -1;
	}

	private static int compare(String one, String text, int from, int to) {
		int common = Math.min(one.length(), to - from);
		for (int i = 0; i < common; i++) {
			int difference = one.charAt(i) - text.charAt(from + i);
			if (difference != 0) {
				return difference;
			}
		}
		return one.length() - (to - from);
	}

}
