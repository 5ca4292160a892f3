package dev.holdfast.accesslog;

import java.util.HexFormat;

/**
 * How text of clients stands between quotes: quotes, backslashes and whatever is not
 * printable ASCII are escaped, so that nothing in it can end the text or the line.
 */
enum Escapes {

	/** As in JSON (RFC 8259, section 7). */
	JSON("\\u", 4),

	/** As Apache httpd does in its logs. */
	HEX("\\x", 2);

	private static final HexFormat DIGITS = HexFormat.of();

	private final String prefix;

	private final int digits;

	Escapes(String prefix, int digits) {
		this.prefix = prefix;
		this.digits = digits;
	}

	/**
	 * Append a text.
	 * @param text the text, of which each character above U+00FF is one of several bytes
	 * with {@link #HEX}
	 */
	void append(String text, StringBuilder line) {
		int done = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < ' ' || c > '~' || c == '"' || c == '\\') {
				line.append(text, done, i);
				escape(c, line);
				done = i + 1;
			}
		}
		line.append(text, done, text.length());
	}

	private void escape(char c, StringBuilder line) {
		if (c == '"' || c == '\\') {
			line.append('\\').append(c);
		}
		else if (this == HEX && c > 0xff) {
			line.append(this.prefix).append(DIGITS.toHexDigits(c >> 8, this.digits));
			line.append(this.prefix).append(DIGITS.toHexDigits(c, this.digits));
		}
		else {
			line.append(this.prefix).append(DIGITS.toHexDigits(c, this.digits));
		}
	}

}
