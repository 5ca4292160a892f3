package dev.holdfast.proxy.header;

import dev.holdfast.proxy.GatewayError;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of a response that a client sees: the instance's without those of its
 * connection, and the gateway's own.
 */
public final class ResponseFields {

	private static final int NO_CONTENT = 204;

	private static final int UPGRADE_REQUIRED = 426;

	private static final String EVENT_STREAM = "text/event-stream";

	/** What is of the instance's connection only, or is written anew. */
	private static final int KEPT_BACK = HeaderKind.mask(HeaderKind.HOP_BY_HOP, HeaderKind.TRANSFER_ENCODING,
			HeaderKind.TE, HeaderKind.UPGRADE, HeaderKind.CONNECTION, HeaderKind.KEEP_ALIVE, HeaderKind.VIA);

	private ResponseFields() {
	}

	/**
	 * Write the fields of a response.
	 * @param received the instance's response
	 * @param takesUpgrade whether the client may be told of other protocols, which HTTP/2
	 * forbids (RFC 9113, section 8.2.2)
	 * @param out the response to the client, begun and without fields; its framing is the
	 * caller's to set
	 */
	public static void write(ResponseHead received, boolean takesUpgrade, ResponseHead out) {
		HeaderFields fields = received.fields();
		HeaderFields written = out.fields();
		// RFC 9110, section 8.6.
		int keptBack = (received.status() == NO_CONTENT) ? KEPT_BACK | HeaderKind.CONTENT_LENGTH.bit() : KEPT_BACK;
		fields.copyTo(written, ~keptBack);
		ConnectionOptions.drop(fields, written);
		if (received.status() == UPGRADE_REQUIRED && takesUpgrade) {
			addUpgrade(fields.joined(HeaderKind.UPGRADE, ", "), written);
		}
		Via.add(received.version(), fields, written);
	}

	private static void addUpgrade(@Nullable String protocols, HeaderFields out) {
		if (protocols != null) {
			// RFC 9110, sections 15.5.22 and 7.8.
			out.add(HeaderKind.UPGRADE, "upgrade", protocols);
			out.add(HeaderKind.CONNECTION, "connection", "upgrade");
		}
	}

	/**
	 * Write the fields of an error of the gateway's own, but for the length of its body
	 * ({@link GatewayError#toProblemJson}).
	 * @param error the error
	 * @param retryAfterSeconds when the client is to come again; 0 for what the error
	 * says
	 * @param out the response to the client, begun and without fields
	 */
	public static void writeError(GatewayError error, long retryAfterSeconds, ResponseHead out) {
		HeaderFields fields = out.fields();
		fields.add(HeaderKind.CONTENT_TYPE, "Content-Type", "application/problem+json");
		fields.add(HeaderKind.ORDINARY, "Holdfast-Error", error.code());
		long seconds = (retryAfterSeconds > 0) ? retryAfterSeconds : error.retryAfterSeconds();
		if (seconds > 0) {
			fields.add(HeaderKind.ORDINARY, "Retry-After", Long.toString(seconds));
		}
	}

	/**
	 * Write the fields of an interim response that gives hints (RFC 8297).
	 * @param received the instance's response
	 * @param out the response to the client, begun and without fields
	 */
	public static void writeHints(ResponseHead received, ResponseHead out) {
		received.fields().copyTo(out.fields(), HeaderKind.ORDINARY.bit());
		ConnectionOptions.drop(received.fields(), out.fields());
	}

	/**
	 * Whether a response goes on with events until somebody ends it.
	 * @param received the instance's response
	 */
	public static boolean isEventStream(ResponseHead received) {
		if (received.contentLength() >= 0) {
			return false;
		}
		int index = received.fields().lastIndexOf(HeaderKind.CONTENT_TYPE);
		return index >= 0 && received.fields().valueBeginsWith(index, EVENT_STREAM);
	}

}
