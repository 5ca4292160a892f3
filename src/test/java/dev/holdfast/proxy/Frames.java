package dev.holdfast.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * HTTP/2 frames written by hand, to be sent in one go.
 */
final class Frames {

	static final int DATA = 0x0;

	static final int HEADERS = 0x1;

	static final int PRIORITY = 0x2;

	static final int RST_STREAM = 0x3;

	static final int SETTINGS = 0x4;

	static final int PING = 0x6;

	static final int WINDOW_UPDATE = 0x8;

	static final int CONTINUATION = 0x9;

	static final int END_STREAM = 0x1;

	static final int END_HEADERS = 0x4;

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	Frames add(int type, int flags, int stream, byte... payload) {
		this.bytes.writeBytes(ByteBuffer.allocate(9)
			.put((byte) (payload.length >> 16))
			.putShort((short) payload.length)
			.put((byte) type)
			.put((byte) flags)
			.putInt(stream)
			.array());
		this.bytes.writeBytes(payload);
		return this;
	}

	/**
	 * Adds a whole GET.
	 */
	Frames get(int stream, String path) {
		return add(HEADERS, END_STREAM | END_HEADERS, stream, head(0x82, path));
	}

	/**
	 * Adds the head of a POST.
	 */
	Frames post(int stream, String path) {
		return add(HEADERS, END_HEADERS, stream, head(0x83, path));
	}

	Frames number(int type, int stream, int number) {
		return add(type, 0, stream, ByteBuffer.allocate(4).putInt(number).array());
	}

	Frames priority(int stream, int dependency) {
		return add(PRIORITY, 0, stream, ByteBuffer.allocate(5).putInt(dependency).put((byte) 1).array());
	}

	Frames append(Frames others) {
		this.bytes.writeBytes(others.bytes());
		return this;
	}

	byte[] bytes() {
		return this.bytes.toByteArray();
	}

	/**
	 * A head that needs nothing of what was sent before (RFC 7541, appendix A).
	 */
	static byte[] head(int method, String path) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		block.write(method);
		block.write(0x86);
		literal(block, 0x01, "gateway.test");
		literal(block, 0x04, path);
		return block.toByteArray();
	}

	private static void literal(ByteArrayOutputStream block, int name, String value) {
		block.write(name);
		block.write(value.length());
		block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
	}

}
