package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The instructions of the Dockerfile, one a line, without comments.
 */
record Dockerfile(List<String> instructions) {

	static Dockerfile read() throws IOException {
		String text = Files.readString(Path.of("Dockerfile")).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", "");
		return new Dockerfile(text.lines().filter((line) -> !line.isBlank()).toList());
	}

	List<String> all(String keyword) {
		return arguments(this.instructions.stream(), keyword);
	}

	List<String> runtime(String keyword) {
		return arguments(this.instructions.stream().skip(runtimeStart()), keyword);
	}

	String the(String keyword) {
		List<String> found = runtime(keyword);
		if (found.size() != 1) {
			throw new AssertionError("%d times %s in the last stage (expected: once)".formatted(found.size(), keyword));
		}
		return found.get(0);
	}

	String environment(String name) {
		return runtime("ENV").stream()
			.filter((variable) -> variable.startsWith(name + "="))
			.map((variable) -> variable.substring(name.length() + 1).replaceAll("^\"|\"$", ""))
			.findFirst()
			.orElseThrow(() -> new AssertionError("no ENV " + name));
	}

	static List<String> words(String execForm) throws IOException {
		return new ObjectMapper().readValue(execForm, new TypeReference<List<String>>() {
		});
	}

	private int runtimeStart() {
		for (int i = this.instructions.size() - 1; i >= 0; i--) {
			if (this.instructions.get(i).startsWith("FROM ")) {
				return i;
			}
		}
		throw new AssertionError("no FROM");
	}

	private static List<String> arguments(Stream<String> instructions, String keyword) {
		return instructions.filter((line) -> line.startsWith(keyword + " "))
			.map((line) -> line.substring(keyword.length() + 1))
			.toList();
	}

}
