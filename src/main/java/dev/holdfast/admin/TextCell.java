package dev.holdfast.admin;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.PrintableText;

/**
 * A value of JSON as it stands in a line of text.
 */
final class TextCell {

	private static final String NOTHING = "-";

	private static final int MAX_LENGTH = 1000;

	private static final Pattern FRACTION_OF_A_TIME = Pattern
		.compile("(?<=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\\.[0-9]+(?=Z$)");

	/** As many digits as a glance takes in. */
	private static final MathContext PRECISION = new MathContext(3);

	private TextCell() {
	}

	/**
	 * Return the value in one line, without what a terminal would take for a command.
	 */
	static String of(JsonNode value) {
		if (isEmpty(value)) {
			return NOTHING;
		}
		if (value.isTextual()) {
			return PrintableText.of(FRACTION_OF_A_TIME.matcher(value.textValue()).replaceFirst(""), MAX_LENGTH);
		}
		if (value.isFloatingPointNumber()) {
			BigDecimal rounded = value.decimalValue().round(PRECISION);
			return (rounded.signum() == 0) ? "0" : rounded.stripTrailingZeros().toPlainString();
		}
		if (value.isArray()) {
			List<String> elements = new ArrayList<>();
			value.forEach((element) -> elements.add(of(element)));
			return String.join("; ", elements);
		}
		if (value.isObject()) {
			List<String> members = new ArrayList<>();
			value.properties()
				.forEach((member) -> members.add(PrintableText.of(member.getKey()) + "=" + of(member.getValue())));
			return String.join(",", members);
		}
		return value.asText();
	}

	/**
	 * Whether there is nothing in a value: {@code null}, no text, no element, no member.
	 */
	static boolean isEmpty(JsonNode value) {
		return value.isNull() || value.isMissingNode() || (value.isTextual() && value.textValue().isEmpty())
				|| (value.isContainerNode() && value.isEmpty());
	}

}
