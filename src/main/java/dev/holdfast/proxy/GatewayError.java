package dev.holdfast.proxy;

/**
 * Everything that the gateway itself can have against a request, and the one place where
 * a failure becomes a status.
 */
public enum GatewayError {

	BAD_REQUEST(400, "bad-request", "Bad request", "The request is malformed or ambiguous."),

	NO_ROUTE(404, "no-route", "No route", "No route matches the request."),

	METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed", "The gateway does not forward this method."),

	REQUEST_TIMEOUT(408, "request-timeout", "Request timeout", "The request's body did not arrive in time."),

	HEADER_TIMEOUT(408, "header-timeout", "Header timeout", "The request's head did not arrive in time."),

	BODY_TOO_LARGE(413, "body-too-large", "Body too large", "The request's body is larger than its route allows."),

	URI_TOO_LONG(414, "uri-too-long", "URI too long", "The request line is too long."),

	HEADERS_TOO_LARGE(431, "headers-too-large", "Request header fields too large",
			"The request's header fields are too large."),

	TOO_MANY_HEADERS(431, "too-many-headers", "Too many header fields", "The request has too many header fields."),

	/** Never sent: there is nobody left to read it. */
	CLIENT_GONE(499, "client-gone", "Client gone", "The client closed the connection before it was answered."),

	/** Never sent either: it is the answer that the client does not take. */
	CLIENT_STALLED(499, "client-stalled", "Client stalled", "The client did not take its answer in time."),

	CODING_NOT_SUPPORTED(501, "coding-not-supported", "Transfer coding not supported",
			"The gateway knows no transfer coding but chunked."),

	PROTOCOL_NOT_SUPPORTED(501, "protocol-not-supported", "Protocol not supported",
			"The gateway opens no tunnel for this protocol, or not to this service."),

	BAD_ANSWER(502, "bad-answer", "Bad answer", "The service's answer was malformed."),

	CONNECT_FAILED(502, "connect-failed", "Connect failed", "No connection to the service could be made."),

	BACKEND_RESET(502, "backend-reset", "Backend reset", "The service broke the connection off."),

	NO_INSTANCE(503, "no-instance", "No instance", "The service has no instance that takes requests.", 1),

	TOO_MANY_CONNECTIONS(503, "too-many-connections", "Too many connections",
			"The gateway has all the connections that it takes.", 1),

	OVERLOADED(503, "overloaded", "Overloaded", "All instances of the service have all the requests that they take.",
			1),

	/** Sent to gRPC alone: other streams end as if they were complete. */
	SHUTTING_DOWN(503, "shutting-down", "Shutting down", "The gateway is going down and has ended the stream."),

	/** Its Retry-After is the breaker's to say. */
	CIRCUIT_OPEN(503, "circuit-open", "Circuit open", "The service is failing and is given time to recover."),

	TIMEOUT(504, "timeout", "Timeout", "The service did not answer in time."),

	VERSION_NOT_SUPPORTED(505, "version-not-supported", "HTTP version not supported",
			"The gateway does not speak this version of HTTP.");

	private final int status;

	private final String code;

	private final String detail;

	private final int retryAfterSeconds;

	private final String problem;

	GatewayError(int status, String code, String title, String detail) {
		this(status, code, title, detail, 0);
	}

	GatewayError(int status, String code, String title, String detail, int retryAfterSeconds) {
		this.status = status;
		this.code = code;
		this.detail = detail;
		this.retryAfterSeconds = retryAfterSeconds;
		this.problem = """
				{"type":"urn:holdfast:error:%s","title":"%s","status":%d,"detail":"%s","code":"%s","instance":"\
				""".formatted(code, title, status, detail, code);
	}

	public int status() {
		return this.status;
	}

	/**
	 * The stable name that clients and meters see.
	 */
	public String code() {
		return this.code;
	}

	/**
	 * What happened, in one sentence.
	 */
	public String detail() {
		return this.detail;
	}

	/**
	 * What a gRPC client is told instead of the HTTP status.
	 */
	public int grpcStatus() {
		return switch (this) {
			case CLIENT_GONE, CLIENT_STALLED -> 1;
			case REQUEST_TIMEOUT, HEADER_TIMEOUT, TIMEOUT -> 4;
			case BODY_TOO_LARGE, URI_TOO_LONG, HEADERS_TOO_LARGE, TOO_MANY_HEADERS -> 8;
			case NO_ROUTE, METHOD_NOT_ALLOWED, CODING_NOT_SUPPORTED, PROTOCOL_NOT_SUPPORTED, VERSION_NOT_SUPPORTED ->
				12;
			case BAD_REQUEST, BAD_ANSWER -> 13;
			case CONNECT_FAILED, BACKEND_RESET, NO_INSTANCE, TOO_MANY_CONNECTIONS, OVERLOADED, SHUTTING_DOWN,
					CIRCUIT_OPEN ->
				14;
		};
	}

	/**
	 * Return for how long a client should wait before it asks again, seconds; 0 for no
	 * such word.
	 */
	public int retryAfterSeconds() {
		return this.retryAfterSeconds;
	}

	/**
	 * Write the body that tells of it, as RFC 9457 has it.
	 * @param requestId the request that the error happened to
	 * @return the body, ASCII
	 */
	public String toProblemJson(String requestId) {
		StringBuilder json = new StringBuilder(this.problem.length() + requestId.length() + 2);
		json.append(this.problem);
		for (int i = 0; i < requestId.length(); i++) {
			char c = requestId.charAt(i);
			// A client chose the id: what JSON would have to escape is no part of it.
			json.append((c >= ' ' && c < 0x7f && c != '"' && c != '\\') ? c : '?');
		}
		return json.append("\"}").toString();
	}

}
