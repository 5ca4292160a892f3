package dev.holdfast.route.document;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of a document, and where it stands. Whoever reads it as something that it is
 * not gets nothing, and a problem is noted.
 *
 * @param node the value
 * @param path the key with those that it is below
 * @param secret whether problems must not show it
 * @param problems where problems are noted
 */
record YamlValue(Node node, String path, boolean secret, Problems problems) {

	private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,8})");

	private static final int LONGEST_TEXT = 4096;

	/**
	 * Notes that the value cannot be used.
	 */
	void wrong(String what, String expected) {
		this.problems.add(this.node, this.path, what, expected);
	}

	/**
	 * Notes that the value is not of the kind that is expected.
	 */
	void unexpected(String expected) {
		wrong(shown(), expected);
	}

	private String shown() {
		if (this.node instanceof ScalarNode scalar) {
			return isNull() ? "no value" : this.secret ? hidden(scalar.getValue()) : "\"" + scalar.getValue() + "\"";
		}
		return (this.node instanceof MappingNode) ? "keys" : "a list";
	}

	private static String hidden(String text) {
		return "a value of %d characters".formatted(text.length());
	}

	boolean isNull() {
		return this.node.getTag().equals(Tag.NULL);
	}

	/**
	 * Return the text, {@code null} when it is none.
	 */
	@Nullable String text() {
		if (!(this.node instanceof ScalarNode scalar)) {
			unexpected("a text");
			return null;
		}
		Tag tag = scalar.getTag();
		if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP)) {
			if (scalar.getValue().length() > LONGEST_TEXT) {
				wrong("%d characters".formatted(scalar.getValue().length()), "at most " + LONGEST_TEXT);
				return null;
			}
			return scalar.getValue();
		}
		unexpected((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.BOOL)) ? "a text: put it into quotes"
				: "a text");
		return null;
	}

	/**
	 * Return what is made of the text, {@code null} when it is none or cannot be used.
	 * @param reader makes it, and throws {@link IllegalArgumentException}
	 */
	<T> @Nullable T text(Function<String, T> reader) {
		String text = text();
		return (text != null) ? read(reader, text) : null;
	}

	/**
	 * Return what is made of the characters as they stand, whatever kind of value they
	 * are.
	 */
	<T> @Nullable T scalar(String expected, Function<String, T> reader) {
		if (this.node instanceof ScalarNode scalar && !isNull()) {
			return read(reader, scalar.getValue());
		}
		unexpected(expected);
		return null;
	}

	private <T> @Nullable T read(Function<String, T> reader, String text) {
		try {
			return reader.apply(text);
		}
		catch (IllegalArgumentException ex) {
			if (this.secret) {
				wrong(hidden(text), Problems.expected(ex));
			}
			else {
				this.problems.add(this.node, this.path, ex);
			}
			return null;
		}
	}

	/**
	 * Return the constant that the text names as keys of the configuration do, so
	 * {@code http1} or {@code round-robin}.
	 */
	<E extends Enum<E>> @Nullable E constant(Class<E> type) {
		String text = text();
		List<String> names = Arrays.stream(type.getEnumConstants()).map(YamlValue::dashed).toList();
		if (text == null) {
			return null;
		}
		if (!names.contains(text)) {
			unexpected(String.join(", ", names));
			return null;
		}
		return type.getEnumConstants()[names.indexOf(text)];
	}

	private static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Return whether the value is true, {@code null} when it is neither.
	 */
	@Nullable Boolean flag() {
		if (this.node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)
				&& List.of("true", "false").contains(scalar.getValue())) {
			return scalar.getValue().equals("true");
		}
		unexpected("true or false");
		return null;
	}

	/**
	 * Return the number, {@code null} when it is none or out of range.
	 */
	@Nullable Integer number(int least, int most) {
		if (this.node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)
				&& WHOLE_NUMBER.matcher(scalar.getValue()).matches()) {
			int number = Integer.parseInt(scalar.getValue());
			if (number >= least && number <= most) {
				return number;
			}
		}
		unexpected("a whole number from %d to %d".formatted(least, most));
		return null;
	}

	/**
	 * Return the values of a list, none when it is no list.
	 */
	List<YamlValue> list(int most) {
		if (!(this.node instanceof SequenceNode sequence)) {
			unexpected("a list");
			return List.of();
		}
		if (sequence.getValue().size() > most) {
			wrong("a list of %d".formatted(sequence.getValue().size()), "at most %d".formatted(most));
			return List.of();
		}
		List<YamlValue> values = new ArrayList<>(sequence.getValue().size());
		for (Node value : sequence.getValue()) {
			values.add(new YamlValue(value, "%s[%d]".formatted(this.path, values.size()), this.secret, this.problems));
		}
		return values;
	}

	/**
	 * Return the texts of a list.
	 */
	List<String> texts(int most) {
		List<String> texts = new ArrayList<>();
		for (YamlValue value : list(most)) {
			String text = value.text();
			if (text != null) {
				texts.add(text);
			}
		}
		return texts;
	}

	/**
	 * Return the value as keys with values.
	 * @param known the keys that it may have
	 */
	YamlMapping mapping(Collection<String> known) {
		return YamlMapping.of(this, known, List.of());
	}

	/**
	 * Return the value as keys with values.
	 * @param known the keys that it may have
	 * @param unsupported those that others know, and that cannot be used here
	 */
	YamlMapping mapping(Collection<String> known, Collection<String> unsupported) {
		return YamlMapping.of(this, known, unsupported);
	}

	YamlValue below(Node value, String key) {
		return new YamlValue(value, this.path.isEmpty() ? key : this.path + "." + key,
				this.secret || Redaction.isSecret(key), this.problems);
	}

	/**
	 * Return the same value, which may be secret by a name that stands beside it.
	 */
	YamlValue named(String name) {
		return new YamlValue(this.node, this.path, this.secret || Redaction.isSecret(name), this.problems);
	}

	YamlValue in(Problems others) {
		return new YamlValue(this.node, this.path, this.secret, others);
	}

}
