package dev.holdfast.configuration;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.origin.Origin;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Puts what Boot finds wrong into words: the key, its value, what was expected, where it
 * was set, and what to do.
 */
final class ProblemDescriptions {

	static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("holdfast");

	/** What Boot takes for milliseconds. */
	private static final Pattern BARE_NUMBER = Pattern.compile("[+-]?[0-9]+");

	private static final Pattern ZERO = Pattern.compile("[+-]?0+");

	/** Whatever stands before the host; a password may have any character. */
	private static final Pattern USER_INFO = Pattern.compile("(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@");

	private final UnaryOperator<String> placeholders;

	private final KnownKeys keys = KnownKeys.of("holdfast", HoldfastProperties.class);

	private final CircuitBreakerKeys circuitBreakerKeys = new CircuitBreakerKeys();

	/**
	 * Creates descriptions.
	 * @param placeholders resolves the placeholders in a value
	 */
	ProblemDescriptions(UnaryOperator<String> placeholders) {
		this.placeholders = placeholders;
	}

	/**
	 * Says what is wrong with a value that cannot be read.
	 */
	ConfigurationProblem unreadable(ConfigurationProperty property, Class<?> type) {
		String key = property.getName().toString();
		String expected = expectation(type);
		return new ConfigurationProblem(key,
				"%s: \"%s\" must be %s%s".formatted(key, property.getValue(), expected, setIn(property.getOrigin())),
				EnvironmentVariables.remedyOfServicePort(property)
					.orElseGet(() -> "Set %s to %s.".formatted(key, expected)));
	}

	private static String expectation(Class<?> type) {
		if (type == Duration.class) {
			return "a duration such as 500ms, 3s or 5m";
		}
		if (type == DataSize.class) {
			return "a size such as 16KB or 1MB";
		}
		if (type == boolean.class || type == Boolean.class) {
			return "true or false";
		}
		if (type == int.class || type == long.class) {
			return "a whole number";
		}
		if (type.isEnum()) {
			return Arrays.stream(type.getEnumConstants())
				.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ", "one of ", ""));
		}
		return Collection.class.isAssignableFrom(type) ? "a list" : "a group of keys";
	}

	/**
	 * Says that a duration has no unit: Boot would take it for milliseconds, and who
	 * writes 30 mostly means seconds.
	 * @return the problem, nothing for a duration with a unit, or 0
	 */
	Optional<ConfigurationProblem> lackingUnit(ConfigurationProperty property) {
		String written = String.valueOf(property.getValue()).strip();
		String value = this.placeholders.apply(written).strip();
		if (!BARE_NUMBER.matcher(value).matches() || ZERO.matcher(value).matches()) {
			return Optional.empty();
		}
		String key = property.getName().toString();
		return Optional.of(new ConfigurationProblem(key,
				"%s: \"%s\"%s must have a unit%s".formatted(key, value,
						written.equals(value) ? "" : " (%s)".formatted(written), setIn(property.getOrigin())),
				"Set %1$s to %2$ss for seconds or %2$sms for milliseconds.".formatted(key, value)));
	}

	/**
	 * Says what is wrong with values that can be read.
	 */
	List<ConfigurationProblem> invalid(BindValidationException invalid) {
		return invalid.getValidationErrors().getAllErrors().stream().map(ProblemDescriptions::invalid).toList();
	}

	private static ConfigurationProblem invalid(ObjectError error) {
		String message = String.valueOf(error.getDefaultMessage());
		if (!(error instanceof FieldError field)) {
			return new ConfigurationProblem(ROOT.toString(), "%s: %s".formatted(ROOT, message),
					Remedy.of(ROOT.toString(), message));
		}
		String key = key(field.getField());
		String description = "%s: %s%s%s".formatted(key, asWritten(key, field.getRejectedValue()), message,
				setIn(Origin.from(field)));
		return new ConfigurationProblem(key, description,
				PropertiesValidator.remedy(field).orElseGet(() -> Remedy.of(key, message)));
	}

	private static String asWritten(String key, @Nullable Object value) {
		return switch (value) {
			case Duration duration -> "\"%s\" ".formatted(DurationStyle.SIMPLE.print(duration));
			// What is wrong within a group of keys is said by the message.
			case Record group -> "";
			case String endpoint when key.startsWith("holdfast.etcd.endpoints") ->
				"\"%s\" ".formatted(USER_INFO.matcher(endpoint).replaceFirst("$1***@"));
			case null, default -> "\"%s\" ".formatted(value);
		};
	}

	/**
	 * Gives the key of a field, such as {@code server.livenessPath}.
	 */
	static String key(String field) {
		return Arrays.stream(field.split("\\."))
			.map(DataObjectPropertyName::toDashedForm)
			.collect(Collectors.joining(".", ROOT + ".", ""));
	}

	/**
	 * Says that nobody reads a key. Its value is left out: what somebody took for a key
	 * may hold a password. Boot counts an empty text that becomes no value among them.
	 */
	ConfigurationProblem unknown(ConfigurationProperty unbound) {
		String key = unbound.getName().toString();
		Optional<ConfigurationPropertyName> missing = missingBefore(unbound);
		if (missing.isPresent()) {
			return new ConfigurationProblem(key,
					"%s: %s is missing%s".formatted(key, missing.get(), setIn(unbound.getOrigin())),
					"Add %s in the same place: a list is read from one place, from 0 on.".formatted(missing.get()));
		}
		return new ConfigurationProblem(key, "%s: %s%s".formatted(key,
				this.keys.contains(key) ? "must have a value" : "there is no such key", setIn(unbound.getOrigin())),
				this.keys.suggestFor(key));
	}

	/**
	 * Finds the first gap before an entry of a list: Boot reads a list up to there.
	 */
	private Optional<ConfigurationPropertyName> missingBefore(ConfigurationProperty unbound) {
		ConfigurationPropertyName name = unbound.getName();
		ConfigurationPropertySource source = unbound.getSource();
		for (int i = ROOT.getNumberOfElements(); source != null && i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i) && this.keys.containsList(name.chop(i).toString())) {
				String index = name.getElement(i, Form.ORIGINAL);
				for (int before = 0; !index.equals(String.valueOf(before)); before++) {
					ConfigurationPropertyName entry = name.chop(i).append("[%d]".formatted(before));
					if (source.getConfigurationProperty(entry) == null
							&& source.containsDescendantOf(entry) == ConfigurationPropertyState.ABSENT) {
						return Optional.of(entry);
					}
				}
			}
		}
		return Optional.empty();
	}

	/**
	 * Says what is wrong with the keys of circuit breakers, which their library ignores.
	 */
	List<ConfigurationProblem> ofCircuitBreakers(Iterable<ConfigurationPropertySource> sources) {
		return this.circuitBreakerKeys.problems(sources, this::lackingUnit);
	}

	static String setIn(@Nullable Origin origin) {
		return (origin != null) ? " (set in %s)".formatted(origin) : "";
	}

}
