package dev.holdfast.configuration;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.service.Likeness;
import io.github.resilience4j.common.circuitbreaker.configuration.CommonCircuitBreakerConfigurationProperties.InstanceProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;

/**
 * The keys of circuit breakers. The library that reads them passes over those that it
 * does not know.
 */
final class CircuitBreakerKeys {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("resilience4j.circuitbreaker");

	private static final ConfigurationPropertyName LIBRARY = ROOT.getParent();

	/** What a name and then the keys of one circuit breaker stand under. */
	private static final List<String> GROUPS = List.of("configs", "instances", "backends");

	private static final String VARIABLE = "RESILIENCE4J_CIRCUITBREAKER_";

	/** An underscore ends the name, since it is read as a dot. */
	private static final Pattern VARIABLE_OF_ONE = Pattern.compile(VARIABLE + "([A-Z0-9]+)_([^_]+)_(.+)");

	/** The same beginning, with other underscores or none. */
	private static final Pattern MISSPELT_VARIABLE = Pattern
		.compile(String.join("_*", VARIABLE.replace("_", "").split("")) + "_*(.*)");

	/** Where the key stands in {@code resilience4j.circuitbreaker.configs.default.x}. */
	private static final int KEY = 4;

	/** The types of the values, by key. */
	private final Map<String, Class<?>> known = new TreeMap<>();

	private final UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();

	CircuitBreakerKeys() {
		for (Method method : InstanceProperties.class.getMethods()) {
			if (method.getName().startsWith("set") && method.getParameterCount() == 1) {
				this.known.put(DataObjectPropertyName.toDashedForm(withoutSet(method.getName())),
						method.getParameterTypes()[0]);
			}
		}
	}

	private static String withoutSet(String setter) {
		return Character.toLowerCase(setter.charAt(3)) + setter.substring(4);
	}

	/**
	 * Finds the keys that nobody reads, and durations without a unit.
	 */
	List<ConfigurationProblem> problems(Iterable<ConfigurationPropertySource> sources,
			Function<ConfigurationProperty, Optional<ConfigurationProblem>> lackingUnit) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		Set<ConfigurationPropertyName> seen = new HashSet<>();
		for (ConfigurationPropertySource source : sources) {
			if (source instanceof IterableConfigurationPropertySource iterable && this.filter.apply(source)) {
				iterable.stream()
					.filter((name) -> LIBRARY.isAncestorOf(name) && seen.add(name))
					.flatMap((name) -> Optional.ofNullable(source.getConfigurationProperty(name)).stream())
					.flatMap((property) -> problem(property, lackingUnit).stream())
					.forEach(problems::add);
			}
		}
		return problems;
	}

	/**
	 * Says of an environment variable that is named as one for circuit breakers that
	 * nobody reads it.
	 * @param variable its name
	 * @return a sentence, nothing for any other variable
	 */
	Optional<String> warning(String variable) {
		String name = variable.toUpperCase(Locale.ROOT);
		Matcher one = VARIABLE_OF_ONE.matcher(name);
		if (one.matches()) {
			String group = one.group(1);
			if (!GROUPS.contains(group.toLowerCase(Locale.ROOT))) {
				return unread(variable, Likeness.nearest(group, upperCase(GROUPS), 2)
					.map((meant) -> VARIABLE + meant + name.substring(one.end(1))));
			}
			String key = one.group(3).replace("_", "");
			List<String> forms = upperCase(this.known.keySet());
			// What a key holds is named behind it.
			return forms.stream().anyMatch(key::startsWith) ? Optional.empty()
					: unread(variable, Likeness.nearest(key, forms, Likeness.ALIKE)
						.map((meant) -> name.substring(0, one.start(3)) + meant));
		}
		Matcher misspelt = MISSPELT_VARIABLE.matcher(name);
		return (misspelt.matches() && !name.startsWith(VARIABLE))
				? unread(variable, Optional.of(VARIABLE + misspelt.group(1))) : Optional.empty();
	}

	private static Optional<String> unread(String variable, Optional<String> meant) {
		return Optional.of(EnvironmentVariables.unread(variable, meant));
	}

	private static List<String> upperCase(Collection<String> keys) {
		return keys.stream().map((key) -> key.replace("-", "").toUpperCase(Locale.ROOT)).toList();
	}

	private Optional<ConfigurationProblem> problem(ConfigurationProperty property,
			Function<ConfigurationProperty, Optional<ConfigurationProblem>> lackingUnit) {
		ConfigurationPropertyName name = property.getName();
		if (!ROOT.isAncestorOf(name)) {
			return misspeltRoot(property);
		}
		int groupAt = ROOT.getNumberOfElements();
		String group = name.getElement(groupAt, Form.DASHED);
		if (!GROUPS.contains(group)) {
			return Likeness.nearest(group, GROUPS, 2)
				.map((meant) -> unknown(property, "Did you mean %s.%s?".formatted(ROOT, meant)));
		}
		if (name.getNumberOfElements() <= KEY) {
			return Optional.empty();
		}
		String key = name.getElement(KEY, Form.DASHED);
		Class<?> type = type(name);
		if (type == null) {
			String parent = name.chop(KEY).toString();
			return Optional.of(unknown(property, Likeness.nearest(key, this.known.keySet(), Likeness.ALIKE)
				.map((meant) -> "Did you mean %s.%s?".formatted(parent, meant))
				.orElseGet(
						() -> "The keys under %s are: %s".formatted(parent, String.join(", ", this.known.keySet())))));
		}
		return (type == Duration.class) ? lackingUnit.apply(property) : Optional.empty();
	}

	/** What else the library has, such as {@code resilience4j.retry}, is not alike. */
	private static Optional<ConfigurationProblem> misspeltRoot(ConfigurationProperty property) {
		String written = property.getName().getElement(LIBRARY.getNumberOfElements(), Form.DASHED);
		return Likeness.nearest(written, List.of(ROOT.getLastElement(Form.DASHED)), Likeness.ALIKE)
			.map((meant) -> unknown(property, "Did you mean %s.%s?".formatted(LIBRARY, meant)));
	}

	/** Boot reads {@code slidingWindowSize} and {@code sliding_window_size} as well. */
	private @Nullable Class<?> type(ConfigurationPropertyName name) {
		String uniform = name.getElement(KEY, Form.UNIFORM);
		return this.known.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().replace("-", "").equals(uniform))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	private static ConfigurationProblem unknown(ConfigurationProperty property, String action) {
		String key = property.getName().toString();
		return new ConfigurationProblem(key,
				"%s: there is no such key%s".formatted(key, ProblemDescriptions.setIn(property.getOrigin())), action);
	}

}
