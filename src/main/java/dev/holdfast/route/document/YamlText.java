package dev.holdfast.route.document;

import java.util.List;
import java.util.function.Consumer;

import dev.holdfast.service.PrintableText;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads the documents of a text as nodes: nothing is made of them by their tags, and
 * aliases are not written out.
 */
final class YamlText {

	private static final int LARGEST = RouteParser.MAX_LENGTH;

	private static final int MOST_ALIASES = 50;

	private static final int DEEPEST = 50;

	private final String text;

	private final String origin;

	YamlText(String text, String origin) {
		this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
		this.origin = origin;
	}

	/**
	 * Reads the documents one after the other.
	 * @param documents is told each
	 * @return why it could not be read to its end, empty when it was
	 */
	List<DocumentProblem> read(Consumer<Node> documents) {
		if (this.text.length() > LARGEST) {
			return List.of(new DocumentProblem(this.origin, 1, 1, "", "%d characters".formatted(this.text.length()),
					"at most " + LARGEST));
		}
		LoaderOptions options = new LoaderOptions();
		options.setCodePointLimit(LARGEST);
		options.setMaxAliasesForCollections(MOST_ALIASES);
		options.setNestingDepthLimit(DEEPEST);
		try {
			Composer composer = new Composer(new ParserImpl(new StreamReader(spaced()), options), new Resolver(),
					options);
			while (composer.checkNode()) {
				documents.accept(composer.getNode());
			}
			return List.of();
		}
		catch (MarkedYAMLException ex) {
			String context = (ex.getContext() != null) ? ex.getContext() + ": " : "";
			Mark mark = (ex.getProblemMark() != null) ? ex.getProblemMark() : ex.getContextMark();
			return List.of(problem((mark != null) ? mark.getLine() : 0, (mark != null) ? mark.getColumn() : 0,
					context + ex.getProblem()));
		}
		catch (ReaderException ex) {
			String before = this.text.substring(0, Math.min(ex.getPosition(), this.text.length()));
			return List.of(problem((int) before.chars().filter((c) -> c == '\n').count(),
					before.length() - before.lastIndexOf('\n') - 1,
					"a character that no text has, U+%04X".formatted(ex.getCodePoint())));
		}
		catch (YAMLException ex) {
			return List.of(problem(0, 0, String.valueOf(ex.getMessage())));
		}
	}

	/** JSON may be indented by tabs, which YAML does not take there. */
	private String spaced() {
		String start = this.text.stripLeading();
		return (start.startsWith("{") || start.startsWith("[")) ? this.text.replace('\t', ' ') : this.text;
	}

	private DocumentProblem problem(int line, int column, String what) {
		return new DocumentProblem(this.origin, line + 1, column + 1, "", PrintableText.of(what.replace('\n', ' ')),
				"YAML or JSON");
	}

}
