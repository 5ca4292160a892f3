package dev.holdfast.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;

/**
 * The messages of gRPC's health checking protocol, with their length in front: of a
 * protocol of one field each way there is no more to know (grpc/grpc-proto,
 * {@code grpc/health/v1/health.proto}).
 */
final class HealthMessages {

	/** A flag for compression and the length. */
	private static final int PREFIX = 5;

	/** Field 1, {@code service} of the request, of a length. */
	private static final byte SERVICE = 0x0a;

	/** Field 1, {@code status} of the response, a number. */
	private static final int STATUS = 0x08;

	private static final int NUMBER = 0;

	private static final int EIGHT_BYTES = 1;

	private static final int OF_A_LENGTH = 2;

	private static final int FOUR_BYTES = 5;

	/** What the numbers of a status mean. */
	private static final List<String> STATUSES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");

	private static final int SERVING = 1;

	private static final int MOST_BYTES_OF_A_NUMBER = 10;

	private HealthMessages() {
	}

	/**
	 * Write a request.
	 * @param service the service that is asked for, empty for the whole server; at most
	 * 255 ASCII characters
	 */
	static byte[] request(String service) {
		byte[] name = service.getBytes(StandardCharsets.US_ASCII);
		if (name.length == 0) {
			return new byte[PREFIX];
		}
		boolean twoBytes = name.length > 0x7f;
		int length = 2 + (twoBytes ? 1 : 0) + name.length;
		ByteBuffer message = ByteBuffer.allocate(PREFIX + length).put((byte) 0).putInt(length).put(SERVICE);
		if (twoBytes) {
			message.put((byte) ((name.length & 0x7f) | 0x80)).put((byte) (name.length >> 7));
		}
		else {
			message.put((byte) name.length);
		}
		return message.put(name).array();
	}

	/**
	 * Return what a response says is wrong, empty when it says {@code SERVING}.
	 * @param response the response, which is read
	 */
	static String problem(ByteBuf response) {
		if (response.readableBytes() < PREFIX || response.readByte() != 0
				|| response.readInt() != response.readableBytes()) {
			return "a response that is no message";
		}
		long status = 0;
		while (response.isReadable()) {
			long tag = number(response);
			if (tag == STATUS) {
				status = number(response);
			}
			else if (tag < 0 || !skip(response, (int) (tag & 7))) {
				return "a response that is no message";
			}
		}
		if (status == SERVING) {
			return "";
		}
		return (status >= 0 && status < STATUSES.size()) ? STATUSES.get((int) status)
				: "status %d of its own".formatted(status);
	}

	private static boolean skip(ByteBuf in, int type) {
		long length = switch (type) {
			case NUMBER -> (number(in) < 0) ? -1 : 0;
			case EIGHT_BYTES -> 8;
			case OF_A_LENGTH -> number(in);
			case FOUR_BYTES -> 4;
			default -> -1;
		};
		if (length < 0 || length > in.readableBytes()) {
			return false;
		}
		in.skipBytes((int) length);
		return true;
	}

	/**
	 * Read a number, -1 when there is none.
	 */
	private static long number(ByteBuf in) {
		long number = 0;
		for (int i = 0; i < MOST_BYTES_OF_A_NUMBER && in.isReadable(); i++) {
			byte next = in.readByte();
			number |= (long) (next & 0x7f) << (7 * i);
			if (next >= 0) {
				return number;
			}
		}
		return -1;
	}

}
