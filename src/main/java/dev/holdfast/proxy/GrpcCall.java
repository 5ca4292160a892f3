package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is gRPC's (its specification is "gRPC over HTTP2"): how errors are
 * told, and for how long the client waits.
 *
 * @param contentType the request's content type
 * @param timeoutNanos for how long the client waits, -1 for any time
 */
record GrpcCall(String contentType, long timeoutNanos) {

	private static final String CONTENT_TYPE = "application/grpc";

	private static final String TIMEOUT = "grpc-timeout";

	private static final String STATUS = "grpc-status";

	private static final String MESSAGE = "grpc-message";

	private static final int MOST_DIGITS = 8;

	/** The most that can be told in microseconds. */
	private static final long MOST_MICROS = 99_999_999;

	/**
	 * Recognises a call.
	 * @return the call, {@code null} when the request is none
	 */
	static @Nullable GrpcCall of(HttpServerRequest request) {
		if (request.version() != HttpVersion.HTTP_2) {
			return null;
		}
		String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
		if (type == null || !type.startsWith(CONTENT_TYPE)
				|| (type.length() > CONTENT_TYPE.length() && "+;".indexOf(type.charAt(CONTENT_TYPE.length())) < 0)) {
			return null;
		}
		return new GrpcCall(type, timeout(request.getHeader(TIMEOUT)));
	}

	private static long timeout(@Nullable String value) {
		if (value == null || value.length() < 2 || value.length() > MOST_DIGITS + 1) {
			return -1;
		}
		long amount = 0;
		for (int i = 0; i < value.length() - 1; i++) {
			char c = value.charAt(i);
			if (c < '0' || c > '9') {
				return -1;
			}
			amount = amount * 10 + (c - '0');
		}
		return switch (value.charAt(value.length() - 1)) {
			case 'H' -> TimeUnit.HOURS.toNanos(amount);
			case 'M' -> TimeUnit.MINUTES.toNanos(amount);
			case 'S' -> TimeUnit.SECONDS.toNanos(amount);
			case 'm' -> TimeUnit.MILLISECONDS.toNanos(amount);
			case 'u' -> TimeUnit.MICROSECONDS.toNanos(amount);
			case 'n' -> amount;
			default -> -1;
		};
	}

	/**
	 * Tells the backend how long the client still waits.
	 * @param elapsedNanos for how long it has waited
	 */
	void writeTimeout(MultiMap headers, long elapsedNanos) {
		if (this.timeoutNanos < 0) {
			return;
		}
		long micros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, this.timeoutNanos - elapsedNanos));
		headers.set(TIMEOUT, (micros <= MOST_MICROS) ? micros + "u" : TimeUnit.MICROSECONDS.toSeconds(micros) + "S");
	}

	/**
	 * Writes an error as the head of an answer that has nothing else.
	 */
	void fail(HttpServerResponse response, GatewayError error) {
		response.setStatusCode(200);
		response.putHeader(HttpHeaders.CONTENT_TYPE, this.contentType);
		write(error, response.headers());
	}

	/**
	 * Writes an error as trailers.
	 */
	static void write(GatewayError error, MultiMap fields) {
		fields.set(STATUS, Integer.toString(error.grpcStatus()));
		fields.set(MESSAGE, percentEncoded(error.detail()));
		fields.set("holdfast-error", error.code());
	}

	private static String percentEncoded(String message) {
		StringBuilder encoded = new StringBuilder(message.length());
		for (byte octet : message.getBytes(StandardCharsets.UTF_8)) {
			if (octet >= ' ' && octet <= '~' && octet != '%') {
				encoded.append((char) octet);
			}
			else {
				encoded.append('%').append("%02X".formatted(octet));
			}
		}
		return encoded.toString();
	}

	/**
	 * Finds the status of an answer.
	 * @param head the answer's fields
	 * @param trailers the answer's trailers, which have the status unless there is
	 * nothing but a head
	 * @return the status, empty when there is none
	 */
	static String status(MultiMap head, MultiMap trailers) {
		String status = trailers.get(STATUS);
		if (status == null) {
			status = head.get(STATUS);
		}
		return (status != null) ? status : "";
	}

}
