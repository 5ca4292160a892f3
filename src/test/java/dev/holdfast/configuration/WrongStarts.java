package dev.holdfast.configuration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.holdfast.testing.CapturedLog;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Starts that end because of what is wrong, each with as much of it as has nothing to do
 * with each other: all is told in one start, and an application costs more than a
 * message.
 */
final class WrongStarts {

	private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]");

	/** What the validity of one of these depends on are the others. */
	private static final Set<String> TLS = Set.of("client-auth", "ssl-bundle", "server-name-bundles");

	private final List<Start> starts = new ArrayList<>();

	/**
	 * Plans the starts.
	 * @param wrong what is wrong, each as arguments with blanks between
	 */
	WrongStarts(List<String> wrong) {
		for (String arguments : new LinkedHashSet<>(wrong)) {
			Set<String> subjects = subjects(arguments);
			Start start = this.starts.stream()
				.filter((planned) -> planned.isFreeOf(subjects))
				.findFirst()
				.orElseGet(() -> {
					Start another = new Start();
					this.starts.add(another);
					return another;
				});
			start.add(arguments, subjects);
		}
	}

	private static Set<String> subjects(String arguments) {
		return Arrays.stream(arguments.split(" "))
			.map((argument) -> subject(INDEX.matcher(argument.split("=", 2)[0]).replaceAll("").split("\\.")))
			.collect(Collectors.toSet());
	}

	private static String subject(String[] key) {
		if (key[key.length - 1].equals("port")) {
			return "port";
		}
		if (key.length < 3) {
			return String.join(".", key);
		}
		return switch (key[1]) {
			case "server" -> TLS.contains(key[2]) ? "tls" : "server." + key[2];
			case "upstream" -> "upstream." + key[2];
			// No prefix may overlap with another.
			case "cluster", "routing" -> subject("holdfast.registry.sources".split("\\."));
			default -> key[0] + "." + key[1];
		};
	}

	/**
	 * Return what the start told in which this was wrong.
	 * @param arguments what was wrong
	 */
	String told(String arguments) {
		return this.starts.stream().filter((start) -> start.wrong.contains(arguments)).findFirst().orElseThrow().told();
	}

	private static final class Start {

		private final List<String> wrong = new ArrayList<>();

		private final Set<String> subjects = new LinkedHashSet<>();

		private @Nullable String told;

		private boolean isFreeOf(Set<String> others) {
			return others.stream().noneMatch(this.subjects::contains);
		}

		private void add(String arguments, Set<String> about) {
			this.wrong.add(arguments);
			this.subjects.addAll(about);
		}

		private String told() {
			String log = this.told;
			if (log == null) {
				CapturedLog output = CapturedLog.ofThisTest();
				assertThatThrownBy(() -> ConfigurationErrorTests.start(String.join(" ", this.wrong))).isNotNull();
				log = output.toString();
				this.told = log;
			}
			return log;
		}

	}

}
