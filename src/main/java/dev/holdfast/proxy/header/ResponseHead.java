package dev.holdfast.proxy.header;

/**
 * The head of a response, final or interim: its status, its fields, and how its body is
 * framed. Made to be used again. The same type holds what was received from an instance
 * and what is sent to a client.
 */
public final class ResponseHead {

	private final HeaderFields fields = new HeaderFields();

	private HttpVersion version = HttpVersion.HTTP_1_1;

	private int status = 200;

	private String reason = "";

	private long contentLength = -1;

	private boolean hasBody;

	/**
	 * Begin a head; its fields are cleared.
	 * @param version the version of HTTP
	 * @param status the status code
	 * @param reason the reason phrase in ISO-8859-1; empty in HTTP/2, which has none
	 */
	public void begin(HttpVersion version, int status, String reason) {
		this.fields.clear();
		beginWithFields(version, status, reason);
	}

	/**
	 * Begin a head whose fields are there already.
	 * @param version the version of HTTP
	 * @param status the status code
	 * @param reason the reason phrase in ISO-8859-1; empty in HTTP/2, which has none
	 */
	public void beginWithFields(HttpVersion version, int status, String reason) {
		this.version = version;
		this.status = status;
		this.reason = reason;
		this.contentLength = -1;
		this.hasBody = false;
	}

	/**
	 * Set how the body is framed.
	 * @param contentLength what Content-Length says, bytes; -1 when there is none
	 * @param hasBody whether a body follows: content, or at least its end
	 */
	public void frame(long contentLength, boolean hasBody) {
		this.contentLength = contentLength;
		this.hasBody = hasBody;
	}

	/**
	 * Return the fields.
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
	 * Return the status code.
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Return the reason phrase, empty when there is none.
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * Return what Content-Length says, bytes; -1 when there is none.
	 */
	public long contentLength() {
		return this.contentLength;
	}

	/**
	 * Whether a body follows: content, or at least its end.
	 */
	public boolean hasBody() {
		return this.hasBody;
	}

}
