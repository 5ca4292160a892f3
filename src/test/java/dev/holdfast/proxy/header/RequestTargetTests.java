package dev.holdfast.proxy.header;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestTargetTests {

	@Test
	void parseOfOriginFormSplitsPathAndQuery() {
		assertThat(RequestTarget.parse("/a/b.c/..d/.e?x=/../&y=%2f//\\"))
			.isEqualTo(new RequestTarget("", "/a/b.c/..d/.e", "?x=/../&y=%2f//\\"));
	}

	@Test
	void parseOfAbsoluteFormTakesTheAuthority() {
		assertThat(RequestTarget.parse("http://Example.org:8080/a?b"))
			.isEqualTo(new RequestTarget("Example.org:8080", "/a", "?b"));
		assertThat(RequestTarget.parse("HTTPS://example.org")).isEqualTo(new RequestTarget("example.org", "/", ""));
		assertThat(RequestTarget.parse("http://example.org?b")).isEqualTo(new RequestTarget("example.org", "/", "?b"));
	}

	@ParameterizedTest
	@CsvSource({ "/%61%2Db, /a-b", "/a%c3%a4, /a%C3%A4", "/a%25b, /a%25b", "/a%20b, /a%20b", "/a%3bb, /a%3Bb",
			"/...%2e, /....", "/a;b, /a;b", "/a./b, /a./b", "/a%2fb, /a%2Fb", "/%2F, /%2F", "/a%5cb, /a%5Cb",
			"//a, //a", "/a//b, /a//b", "/a//, /a//", "/a/%252e%252e/b, /a/%252e%252e/b", "/a/..%252fb, /a/..%252fb",
			"/a%2F..b, /a%2F..b", "/a%2F...%2Fb, /a%2F...%2Fb", "/a..%2Fb, /a..%2Fb", "/..a%2F, /..a%2F" })
	void parseSpellsEscapesInOneWay(String uri, String path) {
		assertThat(RequestTarget.parse(uri)).isEqualTo(new RequestTarget("", path, ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*", "a", "example.org:80", "ftp://example.org/", "?a", "/.", "/..", "/a/./b",
			"/a/../b", "/a/..", "/a/..?b", "/a/..;x/b", "/a/.;x", "/%2e", "/a/%2e%2E/b", "/a/.%2e", "/a/..%2fb",
			"/a%2f..%2fb", "/a%2F.%2Fb", "/a%2f%2e%2e", "/a/%2e%2e%2fb", "/a/..%5cb", "/a%5C..", "/a//../b", "//..",
			"/a/..%3bx/b", "/a/..%3F", "/a/.%23", "/a%2F..;/b", "/a\\b", "/a%00b", "/a%0ab", "/a%7f", "/a%", "/a%4",
			"/a%zz", "/a\u0001", "/a b", "/a\u007f", "/\u00e4", "/a?\u00e4", "/a?b c", "/a#b", "/a?b#c",
			"/%\u0661\u0661" })
	void parseOfWhatCanBeReadInTwoWaysGivesNothing(String uri) {
		assertThat(RequestTarget.parse(uri)).isNull();
	}

}
