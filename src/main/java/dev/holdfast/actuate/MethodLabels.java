package dev.holdfast.actuate;

import java.util.List;

/**
 * The method label of meters, by index: the standard methods, and one name for all that
 * clients may make up.
 */
final class MethodLabels {

	private static final List<String> LABELS = List.of("OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
			"OPTIONS", "TRACE", "PATCH");

	static final int COUNT = LABELS.size();

	private MethodLabels() {
	}

	static int indexOf(String method) {
		return switch (method) {
			case "GET" -> 1;
			case "HEAD" -> 2;
			case "POST" -> 3;
			case "PUT" -> 4;
			case "DELETE" -> 5;
			case "CONNECT" -> 6;
			case "OPTIONS" -> 7;
			case "TRACE" -> 8;
			case "PATCH" -> 9;
			default -> 0;
		};
	}

	static String at(int index) {
		return LABELS.get(index);
	}

}
