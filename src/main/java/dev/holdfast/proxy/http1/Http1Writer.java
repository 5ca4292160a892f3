package dev.holdfast.proxy.http1;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.Latin1;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Writes HTTP/1.1 messages. A head is put together in one array, so that it is one write
 * to the buffer, which costs far more than the copies.
 */
public final class Http1Writer {

	private static final int SCRATCH_SIZE = 8 * 1024;

	private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {

		@Override
		protected byte[] initialValue() {
			return new byte[SCRATCH_SIZE];
		}

	};

	private static final byte[] VERSION = bytes(" HTTP/1.1\r\n");

	private static final byte[] CRLF = bytes("\r\n");

	private static final byte[] CHUNKED = bytes("transfer-encoding: chunked\r\n\r\n");

	private static final byte[] LAST_CHUNK = bytes("0\r\n");

	private static final byte[] END = bytes("0\r\n\r\n");

	private Http1Writer() {
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Write a request's head, with Transfer-Encoding if it is chunked. The version is
	 * always 1.1.
	 * @param head the head
	 * @param out where it goes
	 */
	public static void writeHead(RequestHead head, ByteBuf out) {
		byte[] tail = head.isChunked() ? CHUNKED : CRLF;
		HeaderFields fields = head.fields();
		int length = head.method().length() + 1 + head.target().length() + VERSION.length + fields.length()
				+ tail.length;
		byte[] all = scratch(length);
		int at = Latin1.put(head.method(), all, 0);
		all[at] = ' ';
		at = Latin1.put(head.target(), all, at + 1);
		at = put(VERSION, all, at);
		fields.writeTo(all, at);
		put(tail, all, at + fields.length());
		out.writeBytes(all, 0, length);
	}

	/**
	 * Write a response's head, in the version of a client that speaks HTTP/1.0 and else
	 * as 1.1, and, when it has none, with the usual reason phrase of its status.
	 * @param head the head
	 * @param connection the value of the Connection field that is added, empty for none.
	 * If there is such a field already, it gets the value as another element
	 * @param chunked whether Transfer-Encoding is added
	 * @param out where it goes
	 */
	public static void writeHead(ResponseHead head, String connection, boolean chunked, ByteBuf out) {
		HeaderFields fields = head.fields();
		String options = connection;
		if (!connection.isEmpty() && fields.has(HeaderKind.CONNECTION)) {
			options = fields.joined(HeaderKind.CONNECTION, ", ") + ", " + connection;
			fields.remove(HeaderKind.CONNECTION);
		}
		byte[] line = statusLine(head);
		byte[] tail = chunked ? CHUNKED : CRLF;
		String name = options.isEmpty() ? "" : "connection: ";
		int length = line.length + fields.length() + tail.length
				+ (options.isEmpty() ? 0 : name.length() + options.length() + CRLF.length);
		byte[] all = scratch(length);
		int at = put(line, all, 0);
		fields.writeTo(all, at);
		at += fields.length();
		if (!options.isEmpty()) {
			at = Latin1.put(name, all, at);
			at = Latin1.put(options, all, at);
			at = put(CRLF, all, at);
		}
		put(tail, all, at);
		out.writeBytes(all, 0, length);
	}

	private static byte[] statusLine(ResponseHead head) {
		String reason = head.reason();
		if (head.version() == HttpVersion.HTTP_1_0) {
			String phrase = reason.isEmpty() ? ReasonPhrases.of(head.status()) : reason;
			return ("HTTP/1.0 " + head.status() + " " + phrase + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
		}
		if (reason.isEmpty() || reason.equals(ReasonPhrases.of(head.status()))) {
			return ReasonPhrases.line(head.status());
		}
		return ("HTTP/1.1 " + head.status() + " " + reason + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] scratch(int length) {
		return (length <= SCRATCH_SIZE) ? SCRATCH.get() : new byte[length];
	}

	private static int put(byte[] text, byte[] out, int at) {
		System.arraycopy(text, 0, out, at, text.length);
		return at + text.length;
	}

	/**
	 * Write what stands before a chunk's data; CRLF follows the data.
	 * @param size the size of the data, bytes; not 0
	 * @param out where it goes
	 */
	public static void writeChunkSize(int size, ByteBuf out) {
		int shift = (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(size)) & ~3;
		out.ensureWritable(Integer.BYTES * 2 + CRLF.length);
		for (; shift >= 0; shift -= 4) {
			out.writeByte(Character.forDigit((size >>> shift) & 0xf, 16));
		}
		out.writeShort(('\r' << 8) | '\n');
	}

	/**
	 * Write the last chunk and the trailer section.
	 * @param trailers the trailers, perhaps none
	 * @param out where it goes
	 */
	public static void writeLastChunk(HeaderFields trailers, ByteBuf out) {
		if (trailers.isEmpty()) {
			out.writeBytes(END);
			return;
		}
		out.writeBytes(LAST_CHUNK);
		trailers.writeTo(out);
		out.writeBytes(CRLF);
	}

}
