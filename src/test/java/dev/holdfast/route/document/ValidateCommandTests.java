package dev.holdfast.route.document;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ValidateCommandTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path folder;

	@Test
	void filesThatCanBeUsedEndWithZero() throws IOException {
		String good = file("good.yaml", "{ id: a, service: a }\n---\n{ id: b, service: b }");
		assertThat(run("", good)).isZero();
		assertThat(told(this.out)).isEqualTo("2 routes in 1 files can be used\n");
		assertThat(told(this.err)).isEmpty();
	}

	@Test
	void eachProblemIsALineWithItsPlace() throws IOException {
		String good = file("good.yaml", "{ id: a, service: a }");
		String bad = file("bad.yaml", "- { id: b, service: b,\n    path: b }\n- { id: c, servce: c }\n");
		assertThat(run("", good, bad)).isEqualTo(1);
		assertThat(told(this.out).lines()).hasSize(3)
			.anySatisfy((line) -> assertThat(line).startsWith(bad + ":2:11: [0].path: \"b\" (expected: "))
			.anySatisfy(
					(line) -> assertThat(line).isEqualTo(bad + ":3:12: [1].servce: unknown key (expected: service)"));
	}

	@Test
	void sameIdInTwoFilesIsAProblem() throws IOException {
		String one = file("one.yaml", "{ id: a, service: a }");
		String two = file("two.yaml", "{ id: a, service: b }");
		assertThat(run("", one, two)).isEqualTo(1);
		assertThat(told(this.out))
			.isEqualTo("%s:1:1: \"a\" is the id of a route in %s (expected: each id once)\n".formatted(two, one));
	}

	@Test
	void whatHasNoEffectIsNotedAndNoProblem() throws IOException {
		String file = file("route.yaml", """
				apiVersion: gateway.networking.k8s.io/v1
				kind: HTTPRoute
				metadata: { name: a }
				spec: { rules: [ { backendRefs: [ { name: a, port: 80 } ] } ] }
				""");
		assertThat(run("", file)).isZero();
		assertThat(told(this.out)).startsWith(file + ":4:46: note: spec.rules[0].backendRefs[0].port: without effect");
	}

	@Test
	void hyphenIsStandardInput() {
		assertThat(run("{ id: a, service: a, path: a }", "-")).isEqualTo(1);
		assertThat(told(this.out)).startsWith("<stdin>:1:28: path: ");
	}

	@Test
	void fileThatIsNotThereEndsWithTwo() {
		assertThat(run("", this.folder.resolve("none.yaml").toString())).isEqualTo(2);
		assertThat(told(this.err)).endsWith("none.yaml: there is no such file\n");
	}

	@Test
	void noFileAtAllShowsHowItIsUsed() {
		assertThat(run("")).isEqualTo(2);
		assertThat(told(this.err)).startsWith("Usage: ");
		assertThat(run("", "--help")).isZero();
		assertThat(told(this.out)).startsWith("Usage: ");
	}

	@Test
	void fileThatIsNoTextIsAProblem() throws IOException {
		Path file = this.folder.resolve("binary.yaml");
		Files.write(file, new byte[] { (byte) 0xff, 0 });
		assertThat(run("", file.toString())).isEqualTo(1);
		assertThat(told(this.out)).endsWith("not UTF-8 (expected: text)\n");
	}

	private String file(String name, String text) throws IOException {
		return Files.writeString(this.folder.resolve(name), text).toString();
	}

	private int run(String in, String... files) {
		return new ValidateCommand(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
				new PrintStream(this.out, true, StandardCharsets.UTF_8),
				new PrintStream(this.err, true, StandardCharsets.UTF_8))
			.run(List.of(files));
	}

	private static String told(ByteArrayOutputStream stream) {
		return stream.toString(StandardCharsets.UTF_8);
	}

}
