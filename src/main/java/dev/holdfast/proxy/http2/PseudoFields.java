package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * The pseudo-header fields of a head (RFC 9113, section 8.3; RFC 8441, section 4).
 */
final class PseudoFields {

	private @Nullable String method;

	private @Nullable String scheme;

	private @Nullable String path;

	private boolean visiblePath = true;

	private boolean sensitivePath;

	private @Nullable String authority;

	private @Nullable String protocol;

	private int status;

	void clear() {
		this.method = null;
		this.scheme = null;
		this.path = null;
		this.visiblePath = true;
		this.sensitivePath = false;
		this.authority = null;
		this.protocol = null;
		this.status = 0;
	}

	/**
	 * Take a field.
	 * @param role which it is
	 * @param value its value
	 * @param bytes where the value stands
	 * @param start its first byte
	 * @param end the byte behind it
	 * @return whether it is well-formed, and the first of its name
	 */
	boolean add(FieldRole role, String value, byte[] bytes, int start, int end) {
		return switch (role) {
			case METHOD -> {
				boolean first = this.method == null;
				this.method = value;
				yield first && Grammar.isToken(bytes, start, end);
			}
			case SCHEME -> {
				boolean first = this.scheme == null;
				this.scheme = value;
				yield first && start < end;
			}
			case PATH -> {
				boolean first = this.path == null;
				this.visiblePath = Grammar.visibleEnd(bytes, start, end) == end;
				this.path = value;
				yield first && start < end;
			}
			case AUTHORITY -> {
				boolean first = this.authority == null;
				this.authority = value;
				yield first;
			}
			case PROTOCOL -> {
				boolean first = this.protocol == null;
				this.protocol = value;
				yield first && Grammar.isToken(bytes, start, end);
			}
			case STATUS -> this.status == 0 && readStatus(bytes, start, end);
			case ORDINARY, COOKIE, FORBIDDEN -> false;
		};
	}

	/**
	 * A change of protocol is not HTTP/2's (RFC 9113, section 8.6).
	 */
	private boolean readStatus(byte[] bytes, int start, int end) {
		int number = 0;
		for (int i = start; i < end; i++) {
			int digit = bytes[i] - '0';
			if (digit < 0 || digit > 9) {
				return false;
			}
			number = number * 10 + digit;
		}
		this.status = number;
		return end - start == 3 && number >= 100 && number != 101;
	}

	/**
	 * Begin the head of a request.
	 * @param head the head, whose fields have been read
	 * @param host the host that the fields name, {@code null} for none
	 * @return whether the pseudo-header fields are those of a request
	 */
	boolean begin(RequestHead head, @Nullable String host) {
		String method = this.method;
		boolean connect = "CONNECT".equals(method);
		boolean complete = (connect && !isExtended()) ? this.scheme == null && this.path == null
				: this.scheme != null && this.path != null;
		if (method == null || !complete || (isExtended() && !connect) || (connect && this.authority == null)) {
			return false;
		}
		head.beginWithFields(HttpVersion.HTTP_2, method, (this.path != null) ? this.path : "");
		head.pseudo((this.authority != null) ? this.authority : host, this.protocol);
		if (this.sensitivePath) {
			head.markTargetSensitive();
		}
		return true;
	}

	/**
	 * Whether the request is an extended CONNECT.
	 */
	boolean isExtended() {
		return this.protocol != null;
	}

	/**
	 * Whether the request names another host than this one.
	 */
	boolean isOtherThan(@Nullable String host) {
		return this.authority != null && host != null && !this.authority.equalsIgnoreCase(host);
	}

	/**
	 * Say that nobody on the way may keep the path in a table for compression.
	 */
	void markPathSensitive() {
		this.sensitivePath = true;
	}

	/**
	 * Whether the path, if there is one, is visible ASCII.
	 */
	boolean isPathVisible() {
		return this.visiblePath;
	}

	/**
	 * Return the status of a response, 0 for none.
	 */
	int status() {
		return this.status;
	}

}
