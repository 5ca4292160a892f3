package dev.holdfast.configuration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.service.Likeness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * The environment variables whose names begin as those of the gateway do, or as those of
 * circuit breakers. Unlike an unknown key in a file, one among them cannot be refused:
 * Kubernetes puts variables of its own there for each Service, and others may do so too.
 */
final class EnvironmentVariables {

	private static final Logger logger = LoggerFactory.getLogger(EnvironmentVariables.class);

	private static final String PREFIX = "HOLDFAST_";

	/** The place of an index in what is compared. */
	private static final String INDEX = "#";

	private static final Pattern INDEXES = Pattern.compile("(?<=_)[0-9]+(?=_|$)");

	/** What Kubernetes sets for each Service, but for its port. */
	private static final Pattern OF_SERVICE = Pattern.compile(
			"HOLDFAST(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

	private static final Pattern PORT_OF_SERVICE = Pattern.compile("(tcp|udp|sctp)://.*");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:{}]+)");

	private final Map<String, Object> variables;

	private final Set<String> referredTo;

	private final KnownKeys keys = KnownKeys.of("holdfast", HoldfastProperties.class);

	private final CircuitBreakerKeys circuitBreakers = new CircuitBreakerKeys();

	/**
	 * Creates them.
	 * @param variables their values by their names
	 * @param referredTo names that some configuration reads by a placeholder
	 */
	EnvironmentVariables(Map<String, Object> variables, Set<String> referredTo) {
		this.variables = new TreeMap<>(variables);
		this.referredTo = Set.copyOf(referredTo);
	}

	/**
	 * Finds the names in the placeholders of all values.
	 */
	static Set<String> namedInPlaceholders(Iterable<PropertySource<?>> sources) {
		Set<String> names = new HashSet<>();
		for (PropertySource<?> source : sources) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String key : enumerable.getPropertyNames()) {
					PLACEHOLDER.matcher(String.valueOf(enumerable.getProperty(key)))
						.results()
						.forEach((placeholder) -> names.add(placeholder.group(1)));
				}
			}
		}
		return names;
	}

	/**
	 * Says what to do about a port that is the variable which Kubernetes sets for a
	 * Service.
	 * @return a sentence, nothing for any other value
	 */
	static Optional<String> remedyOfServicePort(ConfigurationProperty property) {
		ConfigurationPropertyName key = property.getName();
		if (!key.getLastElement(Form.UNIFORM).equals("port")
				|| !PORT_OF_SERVICE.matcher(String.valueOf(property.getValue())).matches()) {
			return Optional.empty();
		}
		String service = key.getParent().toString().replace('.', '-');
		return Optional.of(("Set enableServiceLinks: false in the pod, or give the Service %s another name: "
				+ "Kubernetes sets this variable for it.")
			.formatted(service));
	}

	/**
	 * Warns of each that nobody reads, without its value, which may be a password.
	 */
	void warn() {
		this.variables.forEach((name, value) -> warning(name, String.valueOf(value)).ifPresent(logger::warn));
	}

	private Optional<String> warning(String variable, String value) {
		String name = variable.toUpperCase(Locale.ROOT);
		if (this.referredTo.contains(variable)) {
			return Optional.empty();
		}
		if (!name.startsWith(PREFIX)) {
			return this.circuitBreakers.warning(variable);
		}
		String comparable = INDEXES.matcher(name).replaceAll(INDEX);
		for (KnownKeys.Key key : this.keys.all()) {
			for (String form : forms(key)) {
				if (comparable.equals(form) || (key.isList() && comparable.equals(form + "_" + INDEX))) {
					return Optional.empty();
				}
				if (key.isMap() && comparable.startsWith(form + "_")) {
					return ofEntry(variable, comparable.substring(form.length() + 1));
				}
			}
		}
		if (OF_SERVICE.matcher(name).matches()
				|| (name.endsWith("_PORT") && PORT_OF_SERVICE.matcher(value).matches())) {
			return Optional.empty();
		}
		return Optional.of(unread(variable, meant(comparable).map((form) -> withIndexes(form, name))));
	}

	static String unread(String variable, Optional<String> meant) {
		return "Nobody reads the environment variable %s: there is no such key%s".formatted(variable,
				meant.map("; did you mean %s?"::formatted).orElse(""));
	}

	/**
	 * An underscore in the name of a map's entry is read as a dot.
	 */
	private static Optional<String> ofEntry(String variable, String entry) {
		if (!entry.contains("_")) {
			return Optional.empty();
		}
		return Optional.of("The environment variable %s stands for the name \"%s\": names with - cannot be written "
			.formatted(variable, entry.toLowerCase(Locale.ROOT).replace('_', '.'))
				+ "in environment variables, put the route into application.yml or SPRING_APPLICATION_JSON");
	}

	/** Boot reads a dash that is left out or, as it used to, an underscore. */
	private static List<String> forms(KnownKeys.Key key) {
		String name = key.name().replace("[*]", "." + INDEX).replace('.', '_').toUpperCase(Locale.ROOT);
		return List.of(name.replace("-", ""), name.replace('-', '_'));
	}

	private Optional<String> meant(String comparable) {
		List<String> forms = new ArrayList<>();
		this.keys.all().forEach((key) -> forms.addAll(forms(key)));
		String end = comparable.substring(PREFIX.length() - 1);
		return Likeness.nearest(comparable, forms, Likeness.ALIKE)
			.or(() -> forms.stream().filter((form) -> form.endsWith(end) && !form.contains(INDEX)).findFirst())
			.or(() -> forms.stream().filter((form) -> form.endsWith(end)).findFirst());
	}

	private static String withIndexes(String form, String name) {
		List<String> indexes = INDEXES.matcher(name).results().map(MatchResult::group).toList();
		Matcher places = Pattern.compile(INDEX).matcher(form);
		StringBuilder written = new StringBuilder();
		for (int i = 0; places.find(); i++) {
			places.appendReplacement(written, (i < indexes.size()) ? indexes.get(i) : "0");
		}
		return places.appendTail(written).toString();
	}

}
