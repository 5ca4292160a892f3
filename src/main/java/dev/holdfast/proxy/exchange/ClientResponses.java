package dev.holdfast.proxy.exchange;

import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.header.ChangedFields;
import dev.holdfast.proxy.header.CorsFields;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.ResponseFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.RoutePolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Writes what clients are sent: the gateway's own responses, and the heads of those of
 * instances.
 */
final class ClientResponses {

	private static final int SWITCHING_PROTOCOLS = 101;

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	private final BooleanSupplier shuttingDown;

	private final ResponseHead head = new ResponseHead();

	private final HeaderFields trailers = new HeaderFields();

	/**
	 * Prepare to write.
	 * @param shuttingDown tells whether clients are to go behind their next response
	 */
	ClientResponses(BooleanSupplier shuttingDown) {
		this.shuttingDown = shuttingDown;
	}

	/**
	 * Send an error of the gateway's own.
	 * @param requestId the request that it happened to
	 * @param grpc the request as a gRPC call, {@code null} when it is none
	 * @param retryAfterSeconds when the client is to come again; 0 for what the error
	 * says
	 * @param close whether the connection cannot be used any more
	 * @param policy how the request is treated
	 * @return the length of the body that it has, bytes
	 */
	int sendError(ClientStream client, GatewayError error, String requestId, @Nullable GrpcCall grpc,
			long retryAfterSeconds, boolean close, RoutePolicy policy) {
		if (grpc != null) {
			this.head.begin(client.head().version(), 200, "");
			this.head.fields().add(HeaderKind.CONTENT_TYPE, "content-type", grpc.contentType());
			GrpcCall.write(error, this.head.fields());
			ChangedResponse.apply(policy, client.head(), this.head.fields());
			this.head.frame(-1, false);
			client.writeHead(this.head);
			return 0;
		}
		this.head.begin(client.head().version(), error.status(), "");
		ResponseFields.writeError(error, retryAfterSeconds, this.head);
		ChangedResponse.apply(policy, client.head(), this.head.fields());
		return send(client, error.toProblemJson(requestId), close);
	}

	/**
	 * Send a text.
	 * @param status the response's status
	 * @param text the text, in ASCII
	 * @param close whether the connection cannot be used any more
	 */
	void sendText(ClientStream client, int status, String text, boolean close) {
		this.head.begin(client.head().version(), status, "");
		this.head.fields().add(HeaderKind.CONTENT_TYPE, "Content-Type", "text/plain; charset=utf-8");
		send(client, text, close);
	}

	/**
	 * Send a client elsewhere.
	 * @param status the response's status
	 * @param location where to
	 * @param close whether the connection cannot be used any more
	 * @param policy how the request is treated
	 */
	void sendRedirect(ClientStream client, int status, String location, boolean close, RoutePolicy policy) {
		this.head.begin(client.head().version(), status, "");
		this.head.fields().add(HeaderKind.ORDINARY, "Location", location);
		ChangedResponse.apply(policy, client.head(), this.head.fields());
		send(client, "", close);
	}

	/**
	 * Send what a route answers to all requests.
	 * @param response the response
	 * @param close whether the connection cannot be used any more
	 * @param policy how the request is treated
	 * @return the length of the body that it has, bytes
	 */
	int sendFixed(ClientStream client, DirectResponse.Fixed response, boolean close, RoutePolicy policy) {
		this.head.begin(client.head().version(), response.status(), "");
		if (!response.contentType().isEmpty()) {
			this.head.fields().add(HeaderKind.CONTENT_TYPE, "Content-Type", response.contentType());
		}
		ChangedResponse.apply(policy, client.head(), this.head.fields());
		return send(client, response.body(), close);
	}

	/**
	 * Answer a browser that asks whether a page of another origin may send a request.
	 * @param policy how such a request is treated
	 * @param close whether the connection cannot be used any more
	 */
	void sendPreflight(ClientStream client, RoutePolicy policy, boolean close) {
		this.head.begin(client.head().version(), NO_CONTENT, "");
		ChangedFields.apply(policy.actions().responseFields(), this.head.fields());
		CorsFields.writePreflight(policy.actions().cors(), client.head().fields(), this.head.fields());
		send(client, "", close);
	}

	/**
	 * Send a response that has nothing to say.
	 * @param close whether the connection cannot be used any more
	 */
	void sendNothing(ClientStream client, boolean close) {
		this.head.begin(client.head().version(), 200, "");
		send(client, "", close);
	}

	private int send(ClientStream client, String text, boolean close) {
		byte[] content = text.getBytes(StandardCharsets.UTF_8);
		if (this.head.status() != NO_CONTENT && this.head.status() != NOT_MODIFIED) {
			// HEAD is told the length that GET would get.
			this.head.fields().add(HeaderKind.CONTENT_LENGTH, "Content-Length", Integer.toString(content.length));
		}
		boolean hasBody = content.length > 0 && ResponseContent.isAllowed(client.head().method(), this.head.status());
		this.head.frame(content.length, hasBody);
		if (close || this.shuttingDown.getAsBoolean()) {
			client.closeAfterwards();
		}
		client.writeHead(this.head);
		if (hasBody) {
			client.write(Unpooled.wrappedBuffer(content));
			client.end(HeaderFields.NONE);
		}
		return hasBody ? content.length : 0;
	}

	/**
	 * Send the head of an instance's response.
	 * @param received the head as it came
	 * @param contentLength the length of the body, -1 when its end is to tell
	 * @param hasBody whether something follows the head
	 * @param close whether the connection cannot be used any more
	 * @param policy how the request is treated
	 */
	void writeHead(ClientStream client, ResponseHead received, long contentLength, boolean hasBody, boolean close,
			RoutePolicy policy) {
		HttpVersion version = client.head().version();
		this.head.begin(version, received.status(), received.reason());
		ResponseFields.write(received, version != HttpVersion.HTTP_2, this.head);
		if (contentLength >= 0 && received.contentLength() < 0) {
			this.head.fields().add(HeaderKind.CONTENT_LENGTH, "Content-Length", Long.toString(contentLength));
		}
		ChangedResponse.apply(policy, client.head(), this.head.fields());
		this.head.frame(contentLength, hasBody);
		// An HTTP/1.0 client knows the end of a response without length by the
		// connection's end alone.
		if (close || this.shuttingDown.getAsBoolean() || (contentLength < 0 && version == HttpVersion.HTTP_1_0)) {
			client.closeAfterwards();
		}
		client.writeHead(this.head);
	}

	/**
	 * Pass on an instance's leave to send the body.
	 */
	void writeContinue(ClientStream client) {
		this.head.begin(client.head().version(), 100, "");
		client.writeInterim(this.head);
	}

	/**
	 * Pass on what an instance says before its response (RFC 8297).
	 * @param hints the head that says it
	 */
	void writeHints(ClientStream client, ResponseHead hints) {
		this.head.begin(client.head().version(), hints.status(), "");
		ResponseFields.writeHints(hints, this.head);
		client.writeInterim(this.head);
	}

	/**
	 * Leave HTTP, as an instance has.
	 * @param received the head of the instance's 101
	 * @param policy how the request is treated
	 * @return the client's end of the tunnel
	 */
	TunnelEnd switchProtocols(ClientStream client, ResponseHead received, RoutePolicy policy) {
		HttpVersion version = client.head().version();
		boolean http2 = version == HttpVersion.HTTP_2;
		this.head.begin(version, switchedStatus(client), http2 ? "" : received.reason());
		ResponseFields.write(received, false, this.head);
		HeaderFields fields = this.head.fields();
		fields.remove("Content-Length");
		if (http2) {
			fields.remove(WebSocketOffer.ACCEPT);
		}
		else {
			int upgrade = received.fields().indexOf(HeaderKind.UPGRADE);
			fields.add(HeaderKind.UPGRADE, "Upgrade", received.fields().value(upgrade));
		}
		ChangedResponse.apply(policy, client.head(), fields);
		this.head.frame(-1, http2);
		return client.switchProtocols(this.head);
	}

	/**
	 * Return by which status a client learns that its offer was taken (RFC 8441, section
	 * 5).
	 */
	static int switchedStatus(ClientStream client) {
		return (client.head().version() == HttpVersion.HTTP_2) ? 200 : SWITCHING_PROTOCOLS;
	}

	/**
	 * End a gRPC call behind what was sent of its response.
	 * @param error why
	 */
	void endCall(ClientStream client, GatewayError error) {
		this.trailers.clear();
		GrpcCall.write(error, this.trailers);
		client.end(this.trailers);
	}

	/**
	 * Send some of a response's body.
	 * @param data the bytes, which are released here
	 */
	static void write(ClientStream client, ByteBuf data) {
		if (data.isReadable()) {
			client.write(data);
		}
		else {
			data.release();
		}
	}

}
