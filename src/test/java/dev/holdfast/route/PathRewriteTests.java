package dev.holdfast.route;

import dev.holdfast.service.CanonicalPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PathRewriteTests {

	/**
	 * The table of Gateway API's ReplacePrefixMatch, and more.
	 */
	@ParameterizedTest
	@CsvSource({ "/foo/bar, /foo, /xyz, /xyz/bar", "/foo/bar, /foo, /xyz/, /xyz/bar", "/foo/bar, /foo/, /xyz, /xyz/bar",
			"/foo/bar, /foo/, /xyz/, /xyz/bar", "/foo, /foo, /xyz, /xyz", "/foo/, /foo, /xyz, /xyz/",
			"/foo/bar, /foo, '', /bar", "/foo/, /foo, '', /", "/foo, /foo, '', /", "/foo/, /foo, /, /",
			"/foo, /foo, /, /", "/foobar, /foo, /xyz, /foobar", "/other, /foo, /xyz, /other",
			"/foo//bar, /foo, /xyz, /xyz//bar", "/bar, /, /xyz, /xyz/bar", "/, /, /xyz, /xyz/" })
	void prefixIsReplacedBySegments(String path, String prefix, String replacement, String rewritten) {
		PathRewrite rewrite = new PathRewrite.ReplacePrefix(prefix, replacement);
		assertThat(rewrite.apply(path)).isEqualTo(rewritten).isEqualTo(CanonicalPath.of(rewritten));
	}

	@Test
	void prefixWithNothingInItsPlaceIsStripped() {
		PathRewrite strip = new PathRewrite.ReplacePrefix("/foo", "/");
		assertThat(strip.strippedOff("/foo/bar")).isEqualTo("/foo");
		assertThat(strip.strippedOff("/foobar")).isEmpty();
		assertThat(new PathRewrite.ReplacePrefix("/foo", "/xyz").strippedOff("/foo/bar")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/bar, /v1/bar", "/, /v1/", "'', /v1" })
	void prefixIsAdded(String path, String rewritten) {
		assertThat(new PathRewrite.AddPrefix("/v1/").apply(path)).isEqualTo(rewritten);
	}

	@Test
	void wholePathIsReplaced() {
		assertThat(new PathRewrite.ReplaceFull("/index.html").apply("/foo/bar")).isEqualTo("/index.html");
	}

	@ParameterizedTest
	@CsvSource({ "/foo, /foo", "'', /" })
	void pathIsKept(String path, String kept) {
		assertThat(PathRewrite.NONE.apply(path)).isEqualTo(kept);
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo", "/foo?x=1", "/foo#x", "/foo//", "/../foo", "/foo/..", "/f oo", "/f%6fo", "/\\foo",
			"/%2e%2e", "/foo\r\n", "/föö" })
	void whatIsNotCanonicalIsRejected(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PathRewrite.AddPrefix(path))
			.withMessage(
					"add-prefix: \"%s\" (expected: whole segments of a canonical path such as /users, without query)"
						.formatted(path));
		assertThatIllegalArgumentException().isThrownBy(() -> new PathRewrite.ReplacePrefix("/a", path))
			.withMessageStartingWith("replacement of the prefix: \"%s\"".formatted(path));
		assertThatIllegalArgumentException().isThrownBy(() -> new PathRewrite.ReplacePrefix(path, "/a"))
			.withMessageStartingWith("prefix to replace: \"%s\"".formatted(path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/" })
	void nothingCannotBeAdded(String prefix) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PathRewrite.AddPrefix(prefix))
			.withMessage("add-prefix: \"%s\" (expected: at least one segment, such as /v1)".formatted(prefix));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "index.html", "/a?b", "/a/../b", "/a b" })
	void pathThatNoRequestCouldHaveIsRejected(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PathRewrite.ReplaceFull(path))
			.withMessageStartingWith("replacement of the path: \"%s\" (expected: a canonical path".formatted(path));
	}

}
