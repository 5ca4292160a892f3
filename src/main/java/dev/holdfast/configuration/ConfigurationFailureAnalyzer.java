package dev.holdfast.configuration;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Explains a start that failed because something under {@code holdfast} is wrong: names
 * each key, its value, what was expected, and where it was set.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("holdfast");

	private static final String ACTION = "Correct the configuration of the gateway.";

	private final KnownKeys keys = KnownKeys.of("holdfast", HoldfastProperties.class);

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		if (!ROOT.equals(cause.getName()) && !ROOT.isAncestorOf(cause.getName())) {
			return null;
		}
		return switch (cause.getCause()) {
			case BindValidationException invalid -> explainInvalid(invalid, cause);
			case UnboundConfigurationPropertiesException unknown -> explainUnknown(unknown, cause);
			case ConversionException unreadable -> explainUnreadable(cause);
			case null, default -> null;
		};
	}

	private static FailureAnalysis explainInvalid(BindValidationException invalid, BindException cause) {
		String description = invalid.getValidationErrors()
			.getAllErrors()
			.stream()
			.map(ConfigurationFailureAnalyzer::explain)
			.collect(Collectors.joining("\n"));
		return new FailureAnalysis(description, ACTION, cause);
	}

	private static String explain(ObjectError error) {
		if (error instanceof FieldError field) {
			return "%s: %s%s%s".formatted(ROOT + "." + dashed(field.getField()), asWritten(field.getRejectedValue()),
					field.getDefaultMessage(), setIn(Origin.from(field)));
		}
		return "%s: %s".formatted(ROOT, error.getDefaultMessage());
	}

	private FailureAnalysis explainUnknown(UnboundConfigurationPropertiesException unknown, BindException cause) {
		String description = lines(unknown, this::explain);
		String action = lines(unknown, (property) -> this.keys.suggestFor(property.getName().toString()));
		return new FailureAnalysis(description, action, cause);
	}

	// Boot counts an empty text that becomes no value among the keys that nobody reads.
	private String explain(ConfigurationProperty unbound) {
		return "%s: %s%s".formatted(unbound.getName(),
				this.keys.contains(unbound.getName().toString()) ? "must have a value" : "there is no such key",
				setIn(unbound.getOrigin()));
	}

	// The values are left out: what somebody took for a key may hold a password.
	private static String lines(UnboundConfigurationPropertiesException unknown,
			Function<ConfigurationProperty, String> explanation) {
		return unknown.getUnboundProperties().stream().map(explanation).collect(Collectors.joining("\n"));
	}

	private static @Nullable FailureAnalysis explainUnreadable(BindException cause) {
		ConfigurationProperty property = cause.getProperty();
		Class<?> type = cause.getTarget().getType().resolve();
		if (property == null || type == null) {
			return null;
		}
		return expectation(type)
			.map((expected) -> "%s: \"%s\" must be %s%s".formatted(property.getName(), property.getValue(), expected,
					setIn(property.getOrigin())))
			.map((description) -> new FailureAnalysis(description, ACTION, cause))
			.orElse(null);
	}

	private static Optional<String> expectation(Class<?> type) {
		if (type == Duration.class) {
			return Optional.of("a duration such as 500ms, 3s or 5m");
		}
		if (type == DataSize.class) {
			return Optional.of("a size such as 16KB or 1MB");
		}
		if (type == boolean.class) {
			return Optional.of("true or false");
		}
		if (type == int.class) {
			return Optional.of("a whole number");
		}
		if (type.isEnum()) {
			return Optional.of(Arrays.stream(type.getEnumConstants())
				.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ", "one of ", "")));
		}
		return Optional.empty();
	}

	private static String asWritten(@Nullable Object value) {
		return switch (value) {
			case Duration duration -> "\"%s\" ".formatted(DurationStyle.SIMPLE.print(duration));
			// What is wrong within a group of keys is said by the message.
			case Record group -> "";
			case null, default -> "\"%s\" ".formatted(value);
		};
	}

	private static String dashed(String field) {
		return Arrays.stream(field.split("\\."))
			.map(DataObjectPropertyName::toDashedForm)
			.collect(Collectors.joining("."));
	}

	private static String setIn(@Nullable Origin origin) {
		return (origin != null) ? " (set in %s)".formatted(origin) : "";
	}

}
