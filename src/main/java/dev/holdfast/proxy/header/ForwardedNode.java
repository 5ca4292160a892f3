package dev.holdfast.proxy.header;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * One who sent a request on its way, as the Forwarded field names him (RFC 7239, section
 * 6).
 *
 * @param name an IP address without brackets, {@code unknown}, or a name that hides one
 * @param port the port with its colon, empty when there is none
 */
record ForwardedNode(String name, String port) {

	/** Somebody of whom nothing is known that could be written down. */
	static final ForwardedNode UNKNOWN = new ForwardedNode("unknown", "");

	/**
	 * Read a node as either family of fields has it: X-Forwarded-For needs no brackets
	 * around IPv6 addresses.
	 * @param text the node
	 * @return the node, {@code null} when it is none
	 */
	static @Nullable ForwardedNode parse(String text) {
		if (isAddress6(text)) {
			return new ForwardedNode(text, "");
		}
		int bracket = text.indexOf(']');
		int colon = text.indexOf(':', bracket + 1);
		int end = (colon < 0) ? text.length() : colon;
		String name = text.substring(0, end);
		String port = text.substring(end);
		if (name.startsWith("[") && bracket == end - 1) {
			name = name.substring(1, bracket);
			return (isAddress6(name) && isPort(port)) ? new ForwardedNode(name, port) : null;
		}
		return ((NetUtil.isValidIpV4Address(name) || name.equalsIgnoreCase(UNKNOWN.name) || isObfuscated(name))
				&& isPort(port)) ? new ForwardedNode(name, port) : null;
	}

	private static boolean isAddress6(String text) {
		return text.indexOf(':') >= 0 && text.charAt(0) != '[' && NetUtil.isValidIpV6Address(text);
	}

	private static boolean isPort(String text) {
		return text.isEmpty() || HostPort.isPort(text.substring(1)) || isObfuscated(text.substring(1));
	}

	private static boolean isObfuscated(String text) {
		for (int i = 1; i < text.length(); i++) {
			char c = text.charAt(i);
			boolean valid = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
					|| "._-".indexOf(c) >= 0;
			if (!valid) {
				return false;
			}
		}
		return text.length() > 1 && text.charAt(0) == '_';
	}

	/**
	 * Return the node as a parameter of Forwarded.
	 */
	String toParameter() {
		if (this.name.indexOf(':') >= 0) {
			return "\"[" + this.name + "]" + this.port + "\"";
		}
		return this.port.isEmpty() ? this.name : "\"" + this.name + this.port + "\"";
	}

}
