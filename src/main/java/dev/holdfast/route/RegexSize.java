package dev.holdfast.route;

/**
 * Reckons how many steps a regular expression has when its counted repetitions are
 * written out, as they are when it is compiled: <code>((a{99}){99}){99}</code> has a
 * million. Rather too many than too few.
 */
final class RegexSize {

	/** Some hundred kilobytes when it is compiled. */
	static final int LARGEST = 5_000;

	private final String text;

	private int at;

	private RegexSize(String text) {
		this.text = text;
	}

	static long of(String text) {
		RegexSize size = new RegexSize(text);
		long steps = 0;
		while (size.at < text.length()) {
			steps += size.group();
		}
		return steps;
	}

	/** Up to behind the parenthesis that ends the group. */
	private long group() {
		long before = 1;
		long last = 0;
		while (this.at < this.text.length()) {
			char c = this.text.charAt(this.at);
			if (c == ')') {
				this.at++;
				return Math.min(before + last, LARGEST + 1L);
			}
			if (c == '{' || c == '*' || c == '+' || c == '?') {
				last = Math.min((last + 1) * times(), LARGEST + 1L);
			}
			else {
				before = Math.min(before + last, LARGEST + 1L);
				last = atom(c);
			}
		}
		return before + last;
	}

	private long atom(char c) {
		if (c == '(') {
			this.at++;
			return group();
		}
		if (this.text.startsWith("\\Q", this.at)) {
			int end = this.text.indexOf("\\E", this.at);
			int start = this.at;
			this.at = (end < 0) ? this.text.length() : end + 2;
			return this.at - (long) start;
		}
		if (c == '[') {
			skipClass();
		}
		else {
			this.at += (c == '\\') ? 2 : 1;
		}
		return 1;
	}

	private void skipClass() {
		this.at++;
		while (this.at < this.text.length() && this.text.charAt(this.at) != ']') {
			this.at += (this.text.charAt(this.at) == '\\') ? 2 : 1;
		}
		this.at++;
	}

	/** How often what is before is there at most, where it is a number. */
	private long times() {
		long most = 1;
		long number = 0;
		boolean counted = this.text.charAt(this.at) == '{';
		this.at++;
		while (counted && this.at < this.text.length()) {
			char c = this.text.charAt(this.at);
			if (c >= '0' && c <= '9') {
				number = Math.min(number * 10 + c - '0', LARGEST);
			}
			else if (c == ',') {
				most = Math.max(most, number);
				number = 0;
			}
			else {
				// What is no repetition is a brace for itself.
				this.at += (c == '}') ? 1 : 0;
				break;
			}
			this.at++;
		}
		return Math.max(most, number);
	}

}
