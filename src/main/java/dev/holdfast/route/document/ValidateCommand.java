package dev.holdfast.route.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.PrintableText;

/**
 * Checks files of routes before somebody pushes them. Starts nothing.
 */
public final class ValidateCommand {

	/** The first argument by which it is asked for. */
	public static final String NAME = "validate";

	/** All routes can be used. */
	static final int VALID = 0;

	/** Something in them cannot. */
	static final int INVALID = 1;

	/** It was not asked rightly, or a file could not be read. */
	static final int FAILED = 2;

	private static final int LONGEST_NAME = 4096;

	private static final String USAGE = """
			Usage: java -jar holdfast.jar validate FILE...
			Checks files of routes, in the short form or as HTTPRoute and GRPCRoute; - is standard input.
			Each problem is one line, file:line:column: message. Exit status 0: all can be used, 1: not all, 2: a file cannot be read.
			""";

	private final RouteParser parser = new RouteParser(RoutePolicy.DEFAULTS);

	private final InputStream in;

	private final PrintStream out;

	private final PrintStream err;

	/** Which file each id is in. */
	private final Map<String, String> ids = new HashMap<>();

	private int routes;

	private int problems;

	private boolean failed;

	/**
	 * Creates the command.
	 * @param in standard input
	 * @param out where problems go
	 * @param err where it says what it could not do
	 */
	public ValidateCommand(InputStream in, PrintStream out, PrintStream err) {
		this.in = in;
		this.out = out;
		this.err = err;
	}

	/**
	 * Checks files.
	 * @param arguments their names
	 * @return the exit status
	 */
	public int run(List<String> arguments) {
		List<String> files = new ArrayList<>(arguments);
		boolean options = !files.remove("--");
		if (options && files.stream().anyMatch(List.of("--help", "-h")::contains)) {
			this.out.print(USAGE);
			return VALID;
		}
		if (files.isEmpty() || (options && files.stream().anyMatch((file) -> file.startsWith("--")))) {
			this.err.print(USAGE);
			return FAILED;
		}
		files.forEach(this::check);
		if (this.failed) {
			return FAILED;
		}
		if (this.problems > 0) {
			this.err.printf("%d problems in %d files%n", this.problems, files.size());
			return INVALID;
		}
		this.out.printf("%d routes in %d files can be used%n", this.routes, files.size());
		return VALID;
	}

	private void check(String file) {
		String origin = file.equals("-") ? "<stdin>" : PrintableText.of(file, LONGEST_NAME);
		try {
			check(this.parser.parse(text(file), origin), origin);
		}
		catch (CharacterCodingException ex) {
			tell(new DocumentProblem(origin, 1, 1, "", "not UTF-8", "text"));
		}
		catch (NoSuchFileException ex) {
			fail(origin, "there is no such file");
		}
		catch (IOException | InvalidPathException ex) {
			fail(origin, PrintableText.of(String.valueOf(ex.getMessage()), LONGEST_NAME));
		}
	}

	private String text(String file) throws IOException {
		byte[] bytes = file.equals("-") ? this.in.readAllBytes() : Files.readAllBytes(Path.of(file));
		return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
	}

	private void check(RouteDocuments documents, String origin) {
		for (ParsedRoute parsed : documents.parsed()) {
			this.routes += parsed.routes().size();
			parsed.withoutEffect().forEach((note) -> this.out.println(note.toString().replaceFirst(": ", ": note: ")));
			for (Route route : parsed.routes()) {
				String other = this.ids.putIfAbsent(route.id(), origin);
				if (other != null) {
					tell(new DocumentProblem(origin, parsed.line(), 1, "",
							"\"%s\" is the id of a route in %s".formatted(route.id(), other), "each id once"));
				}
			}
		}
		documents.problems().forEach(this::tell);
	}

	private void tell(DocumentProblem problem) {
		this.problems++;
		this.out.println(problem);
	}

	private void fail(String origin, String reason) {
		this.failed = true;
		this.err.printf("%s: %s%n", origin, reason);
	}

}
