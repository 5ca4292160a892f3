package dev.holdfast.proxy.header;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Reads a Forwarded field (RFC 7239, section 4). Blanks around separators and values that
 * should be in quotes and are not are taken, since many send them so; what readers that
 * do not know about quotes could take for something else is not.
 */
final class ForwardedField {

	private final List<String> addresses = new ArrayList<>();

	private final Set<String> parametersOfElement = new HashSet<>();

	private String protocol = "";

	private String host = "";

	private final String text;

	private int at;

	private boolean first = true;

	private boolean beginsWithClient;

	private ForwardedField(String text) {
		this.text = text;
	}

	/**
	 * Read a field's lines, joined by commas.
	 * @param text the lines
	 * @return the field, {@code null} when it is malformed or says nothing
	 */
	static @Nullable ForwardedField parse(String text) {
		ForwardedField field = new ForwardedField(text);
		return field.read() ? field : null;
	}

	private boolean read() {
		skipSeparators();
		boolean told = this.at < this.text.length();
		while (this.at < this.text.length()) {
			int equals = this.text.indexOf('=', this.at);
			String name = (equals > this.at) ? this.text.substring(this.at, equals).toLowerCase(Locale.ROOT) : "";
			if (!isName(name)) {
				return false;
			}
			this.at = equals + 1;
			String value = value();
			if (value.isEmpty() || !this.parametersOfElement.add(name) || !take(name, value)) {
				return false;
			}
			int end = this.at;
			skipSeparators();
			if (this.at < this.text.length() && this.text.substring(end, this.at).isBlank()) {
				return false;
			}
		}
		return told;
	}

	private void skipSeparators() {
		while (this.at < this.text.length() && " \t;,".indexOf(this.text.charAt(this.at)) >= 0) {
			if (this.text.charAt(this.at) == ',') {
				this.first &= this.parametersOfElement.isEmpty();
				this.parametersOfElement.clear();
			}
			this.at++;
		}
	}

	private static boolean isName(String name) {
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
				return false;
			}
		}
		return !name.isEmpty();
	}

	/**
	 * Take the next value.
	 * @return the value without its quotes, empty when it is malformed
	 */
	private String value() {
		boolean quoted = this.at < this.text.length() && this.text.charAt(this.at) == '"';
		int start = quoted ? this.at + 1 : this.at;
		int end = start;
		while (end < this.text.length() && isPlain(this.text.charAt(end), quoted)) {
			end++;
		}
		if (quoted && (end == this.text.length() || this.text.charAt(end) != '"')) {
			return "";
		}
		this.at = quoted ? end + 1 : end;
		return this.text.substring(start, end);
	}

	private static boolean isPlain(char c, boolean quoted) {
		return c < 0x7f && (c > ' ' || (c == ' ' && quoted)) && "\"\\,;=".indexOf(c) < 0;
	}

	private boolean take(String name, String value) {
		switch (name) {
			case "for" -> {
				ForwardedNode node = ForwardedNode.parse(value);
				// Brackets are optional in the other family alone.
				if (node == null || (value.equals(node.name()) && value.indexOf(':') >= 0)) {
					return false;
				}
				this.addresses.add(node.name());
				this.beginsWithClient |= this.first;
			}
			case "host" -> {
				this.host = this.host.isEmpty() ? value : this.host;
				return HostPort.parse(value) != null;
			}
			case "proto" -> {
				this.protocol = this.protocol.isEmpty() ? value.toLowerCase(Locale.ROOT) : this.protocol;
				return TrustedForwarding.isProtocol(value);
			}
			default -> {
				// Of no interest here.
			}
		}
		return true;
	}

	/**
	 * Return the field as it came.
	 */
	String text() {
		return this.text;
	}

	/**
	 * Whether the first element tells who the client is: some readers look there alone.
	 */
	boolean beginsWithClient() {
		return this.beginsWithClient;
	}

	/**
	 * Return the addresses that the request came by, the client's first, or what stands
	 * for them.
	 */
	List<String> addresses() {
		return this.addresses;
	}

	/**
	 * Return the protocol that the client used, empty when it is not told.
	 */
	String protocol() {
		return this.protocol;
	}

	/**
	 * Return the Host field that the client sent, empty when it is not told.
	 */
	String host() {
		return this.host;
	}

}
