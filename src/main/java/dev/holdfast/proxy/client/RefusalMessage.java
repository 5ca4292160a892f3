package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.ResponseFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.http1.Http1Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What a client is told of whose request there is too little to answer it in the usual
 * way: a whole HTTP/1.1 message.
 */
final class RefusalMessage {

	private static final int SIZE = 512;

	private RefusalMessage() {
	}

	/**
	 * Write the message.
	 * @param error why the client is turned away
	 * @param requestId the id that its log lines have
	 * @return the message, for the caller to release
	 */
	static ByteBuf of(ByteBufAllocator allocator, GatewayError error, String requestId) {
		byte[] problem = error.toProblemJson(requestId).getBytes(StandardCharsets.US_ASCII);
		ResponseHead head = new ResponseHead();
		head.begin(HttpVersion.HTTP_1_1, error.status(), "");
		ResponseFields.writeError(error, 0, head);
		head.fields().add(HeaderKind.CONTENT_LENGTH, "Content-Length", Integer.toString(problem.length));
		ByteBuf message = allocator.buffer(SIZE);
		Http1Writer.writeHead(head, "close", false, message);
		return message.writeBytes(problem);
	}

}
