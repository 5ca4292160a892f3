package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GrammarTests {

	@Test
	void textEndsAtControlsOtherThanTabs() {
		for (int c = 0; c < 0x100; c++) {
			for (int at = 0; at < 20; at++) {
				byte[] text = bytes(20, 'a');
				text[at] = (byte) c;
				boolean control = (c < ' ' && c != '\t') || c == 0x7f;
				assertThat(Grammar.textEnd(text, 0, 20)).as("%d at %d", c, at).isEqualTo(control ? at : 20);
			}
		}
	}

	@Test
	void textEndsAtTheFirstControl() {
		for (int first = 0; first < 20; first++) {
			byte[] text = bytes(20, '\u00ff');
			Arrays.fill(text, first, 20, (byte) 0);
			text[19] = 0x7f;
			assertThat(Grammar.textEnd(text, 0, 20)).isEqualTo(first);
			assertThat(Grammar.textEnd(text, Math.min(first, 3), 20)).isEqualTo(first);
			assertThat(Grammar.textEnd(text, 0, first)).isEqualTo(first);
		}
		assertThat(Grammar.textEnd(bytes(20, '\t'), 0, 20)).isEqualTo(20);
	}

	@Test
	void lineEndsAtTheFirstLineFeed() {
		for (int first = 0; first < 20; first++) {
			byte[] text = bytes(20, '\u000b');
			Arrays.fill(text, first, 20, (byte) '\n');
			assertThat(Grammar.lineFeed(text, 0, 20)).isEqualTo(first);
			assertThat(Grammar.lineFeed(text, 0, first)).isEqualTo(-1);
		}
	}

	@Test
	void tokenEndsAtSeparators() {
		for (int c = 0; c < 0x100; c++) {
			byte[] text = bytes(3, 'a');
			text[1] = (byte) c;
			boolean token = Character.toString(c).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]");
			assertThat(Grammar.tokenEnd(text, 0, 3)).as("%d", c).isEqualTo(token ? 3 : 1);
			assertThat(Grammar.visibleEnd(text, 0, 3)).as("%d", c).isEqualTo((c > ' ' && c < 0x7f) ? 3 : 1);
		}
	}

	@Test
	void wordIsComparedInAnyCase() {
		assertThat(Grammar.isWord("ChUnked".getBytes(StandardCharsets.US_ASCII), 0, 7, "chunked")).isTrue();
		assertThat(Grammar.isWord("chunkedx".getBytes(StandardCharsets.US_ASCII), 0, 8, "chunked")).isFalse();
		assertThat(Grammar.isWord("chunke\u00c4".getBytes(StandardCharsets.ISO_8859_1), 0, 7, "chunked")).isFalse();
	}

	private static byte[] bytes(int length, char c) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) c);
		return bytes;
	}

}
