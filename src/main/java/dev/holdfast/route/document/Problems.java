package dev.holdfast.route.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.service.PrintableText;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Collects what is wrong with one route.
 */
final class Problems {

	/** Who has more to mend starts with these. */
	private static final int MOST = 50;

	/** What the model says of a part that cannot be used. */
	private static final Pattern UNUSABLE = Pattern.compile("(?:[A-Za-z -]+: )?(.*) \\(expected: (.*)\\)",
			Pattern.DOTALL);

	private final String origin;

	private final List<DocumentProblem> problems = new ArrayList<>();

	private final List<DocumentProblem> withoutEffect = new ArrayList<>();

	Problems(String origin) {
		this.origin = origin;
	}

	void add(Node place, String path, String what, String expected) {
		if (this.problems.size() < MOST) {
			this.problems.add(problem(place, path, what, expected));
		}
	}

	/**
	 * Adds what the model says of a value.
	 */
	void add(Node place, String path, IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		Matcher unusable = UNUSABLE.matcher(message);
		if (unusable.matches()) {
			add(place, path, unusable.group(1), unusable.group(2));
		}
		else {
			add(place, path, message, "");
		}
	}

	/**
	 * Return what the model expects in the place of a value that cannot be used.
	 */
	static String expected(IllegalArgumentException refusal) {
		Matcher unusable = UNUSABLE.matcher(String.valueOf(refusal.getMessage()));
		return unusable.matches() ? unusable.group(2) : "another one";
	}

	void addWithoutEffect(Node place, String path, String what) {
		if (this.withoutEffect.size() < MOST) {
			this.withoutEffect.add(problem(place, path, what, ""));
		}
	}

	private DocumentProblem problem(Node place, String path, String what, String expected) {
		return new DocumentProblem(this.origin, place.getStartMark().getLine() + 1,
				place.getStartMark().getColumn() + 1, PrintableText.of(path), PrintableText.of(what), expected);
	}

	boolean isEmpty() {
		return this.problems.isEmpty();
	}

	List<DocumentProblem> all() {
		return this.problems.stream()
			.sorted(Comparator.comparingInt(DocumentProblem::line).thenComparingInt(DocumentProblem::column))
			.toList();
	}

	List<DocumentProblem> withoutEffect() {
		return List.copyOf(this.withoutEffect);
	}

}
