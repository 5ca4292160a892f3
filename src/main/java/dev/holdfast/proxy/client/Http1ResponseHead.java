package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.http1.Http1Writer;
import io.netty.buffer.ByteBuf;

/**
 * Writes the head of a response with what an HTTP/1.1 client is told besides: where the
 * response ends, and whether the connection goes on.
 */
final class Http1ResponseHead {

	private static final byte[] NO_CONTENT = "Content-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private Http1ResponseHead() {
	}

	/**
	 * Write a head.
	 * @param request what it responds to
	 * @param response the status and the fields, of which Connection is removed
	 * @param framing where the response ends
	 * @param closing whether the connection ends behind it
	 * @param out where it goes
	 */
	static void write(RequestHead request, ResponseHead response, ResponseFraming framing, boolean closing,
			ByteBuf out) {
		Http1Writer.writeHead(response, connectionOptions(request, response, closing),
				framing == ResponseFraming.CHUNKS, out);
		if (framing == ResponseFraming.NO_BODY && announcesNoContent(request, response)) {
			// In the place of the empty line.
			out.writerIndex(out.writerIndex() - 2).writeBytes(NO_CONTENT);
		}
	}

	private static String connectionOptions(RequestHead request, ResponseHead response, boolean closing) {
		HeaderFields fields = response.fields();
		// There is to be one alone.
		fields.remove(HeaderKind.CONNECTION);
		if (fields.indexOf(HeaderKind.UPGRADE) >= 0) {
			return closing ? "upgrade, close" : "upgrade";
		}
		if (closing) {
			return "close";
		}
		return (request.version() == HttpVersion.HTTP_1_0) ? "keep-alive" : "";
	}

	/**
	 * Whether a client would wait for content, or the end of the connection, if it were
	 * not told that there is none (RFC 9112, section 6.3).
	 */
	private static boolean announcesNoContent(RequestHead request, ResponseHead response) {
		return response.contentLength() < 0 && response.status() != 204 && response.status() != 304
				&& !request.method().equals("HEAD");
	}

}
