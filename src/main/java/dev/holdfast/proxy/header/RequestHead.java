package dev.holdfast.proxy.header;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request: what its first line or its pseudo-header fields say, its fields,
 * and whether a body follows. Made to be used again. The same type holds what was
 * received from a client and what is sent to an instance.
 */
public final class RequestHead {

	/**
	 * How much of a body is read for nothing rather than a connection made anew, bytes.
	 */
	private static final int MOST_READ_ON = 64 * 1024;

	private final HeaderFields fields = new HeaderFields();

	private HttpVersion version = HttpVersion.HTTP_1_1;

	private String method = "GET";

	private String target = "/";

	private boolean targetSensitive;

	private @Nullable String authority;

	private @Nullable String protocol;

	private long contentLength = -1;

	private boolean chunked;

	private boolean hasBody;

	/**
	 * Begin a head; its fields are cleared.
	 * @param version the version of HTTP
	 * @param method the method, in its case
	 * @param target the request target as it came (RFC 9112, section 3.2) or
	 * {@code :path}, empty for none
	 */
	public void begin(HttpVersion version, String method, String target) {
		this.fields.clear();
		beginWithFields(version, method, target);
	}

	/**
	 * Begin a head whose fields are there already.
	 * @param version the version of HTTP
	 * @param method the method, in its case
	 * @param target the request target as it came or {@code :path}, empty for none
	 */
	public void beginWithFields(HttpVersion version, String method, String target) {
		this.version = version;
		this.method = method;
		this.target = target;
		this.targetSensitive = false;
		this.authority = null;
		this.protocol = null;
		this.contentLength = -1;
		this.chunked = false;
		this.hasBody = false;
	}

	/**
	 * Set what of HTTP/2's pseudo-header fields the target does not have.
	 * @param authority {@code :authority}, {@code null} when there is none
	 * @param protocol {@code :protocol} of an extended CONNECT (RFC 8441, section 4),
	 * {@code null} when there is none
	 */
	public void pseudo(@Nullable String authority, @Nullable String protocol) {
		this.authority = authority;
		this.protocol = protocol;
	}

	/**
	 * Say that nobody on the way may keep the target in a table for compression (RFC
	 * 7541, section 7.1.3).
	 */
	public void markTargetSensitive() {
		this.targetSensitive = true;
	}

	/**
	 * Whether nobody on the way may keep the target in a table for compression.
	 */
	public boolean isTargetSensitive() {
		return this.targetSensitive;
	}

	/**
	 * Set how the body is framed.
	 * @param contentLength what Content-Length says, bytes; -1 when there is none
	 * @param chunked whether the body comes, or goes out, in chunks (HTTP/1.1)
	 * @param hasBody whether a body follows
	 */
	public void frame(long contentLength, boolean chunked, boolean hasBody) {
		this.contentLength = contentLength;
		this.chunked = chunked;
		this.hasBody = hasBody;
	}

	/**
	 * Return the fields. Host stands among those of HTTP/1.1, and {@code :authority} does
	 * not stand among those of HTTP/2.
	 */
	public HeaderFields fields() {
		return this.fields;
	}

	/**
	 * Return the version of HTTP.
	 */
	public HttpVersion version() {
		return this.version;
	}

	/**
	 * Return the method.
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Return the request target as it came, or {@code :path}; empty for none.
	 */
	public String target() {
		return this.target;
	}

	/**
	 * Return {@code :authority}, {@code null} when there is none.
	 */
	public @Nullable String authority() {
		return this.authority;
	}

	/**
	 * Return the host that the request names: {@code :authority}, else the Host field;
	 * {@code null} when there is neither.
	 */
	public @Nullable String host() {
		if (this.authority != null) {
			return this.authority;
		}
		int index = this.fields.indexOf(HeaderKind.HOST);
		return (index >= 0) ? this.fields.value(index) : null;
	}

	/**
	 * Return {@code :protocol} of an extended CONNECT, {@code null} when there is none.
	 */
	public @Nullable String protocol() {
		return this.protocol;
	}

	/**
	 * Return what Content-Length says, bytes; -1 when there is none.
	 */
	public long contentLength() {
		return this.contentLength;
	}

	/**
	 * Whether the body comes, or goes out, in chunks.
	 */
	public boolean isChunked() {
		return this.chunked;
	}

	/**
	 * Whether a body follows: content, or at least its end.
	 */
	public boolean hasBody() {
		return this.hasBody;
	}

	/**
	 * Whether the client waits for leave before it sends the body. HTTP/1.0 knows no
	 * interim responses (RFC 9110, section 10.1.1).
	 */
	public boolean expectsContinue() {
		int expect = this.fields.lastIndexOf(HeaderKind.EXPECT);
		return expect >= 0 && this.version != HttpVersion.HTTP_1_0 && this.fields.hasValue(expect, "100-continue");
	}

	/**
	 * Whether so much of the body is still to come, or so uncertain, that a new
	 * connection costs less than reading it.
	 * @param received how much of it has come, bytes
	 */
	public boolean isTooMuchLeft(long received) {
		return this.contentLength < 0 || this.contentLength - received > MOST_READ_ON || expectsContinue();
	}

}
