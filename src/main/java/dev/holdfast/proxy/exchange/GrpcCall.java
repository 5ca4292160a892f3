package dev.holdfast.proxy.exchange;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
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
	 * Recognise a call.
	 * @param head the request's head
	 * @return the call, {@code null} when the request is none
	 */
	static @Nullable GrpcCall of(RequestHead head) {
		if (head.version() != HttpVersion.HTTP_2) {
			return null;
		}
		int index = head.fields().indexOf(HeaderKind.CONTENT_TYPE);
		if (index < 0) {
			return null;
		}
		String type = head.fields().value(index);
		if (!type.startsWith(CONTENT_TYPE)
				|| (type.length() > CONTENT_TYPE.length() && "+;".indexOf(type.charAt(CONTENT_TYPE.length())) < 0)) {
			return null;
		}
		return new GrpcCall(type, timeout(head.fields().get(TIMEOUT)));
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
	 * Tell an instance how long the client still waits.
	 * @param fields the fields of the request to the instance
	 * @param elapsedNanos for how long it has waited
	 */
	void writeTimeout(HeaderFields fields, long elapsedNanos) {
		if (this.timeoutNanos < 0) {
			return;
		}
		long micros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, this.timeoutNanos - elapsedNanos));
		fields.remove(TIMEOUT);
		fields.add(HeaderKind.ORDINARY, TIMEOUT,
				(micros <= MOST_MICROS) ? micros + "u" : TimeUnit.MICROSECONDS.toSeconds(micros) + "S");
	}

	/**
	 * Write an error as trailers, or as the head of a response that has nothing else.
	 * @param error the error
	 * @param fields where it goes
	 */
	static void write(GatewayError error, HeaderFields fields) {
		fields.add(HeaderKind.ORDINARY, STATUS, Integer.toString(error.grpcStatus()));
		fields.add(HeaderKind.ORDINARY, MESSAGE, percentEncoded(error.detail()));
		fields.add(HeaderKind.ORDINARY, "holdfast-error", error.code());
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
	 * Find the status of a response.
	 * @param head the response's fields
	 * @param trailers the response's trailers, which have the status unless there is
	 * nothing but a head
	 * @return the status, empty when there is none
	 */
	static String status(HeaderFields head, HeaderFields trailers) {
		String status = trailers.get(STATUS);
		if (status == null) {
			status = head.get(STATUS);
		}
		return (status != null) ? status : "";
	}

}
