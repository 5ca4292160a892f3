package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.ResponseListener;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.header.ChangedFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.RequestHost;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * A client's request whose way is known, as instances are sent it.
 *
 * @param client brings it
 * @param match the way
 * @param query the target's query with its question mark, empty when there is none
 * @param host what it was asked of
 * @param id the id by which it is known to the client, the instance and the logs
 * @param repeatable whether doing it twice comes to the same as doing it once
 * @param body its body, {@code null} when there is none
 * @param grpc what of it is gRPC's, {@code null} when it is no such call
 * @param offer what the client offers to speak instead of HTTP, {@code null} for nothing
 */
record ClientRequest(ClientStream client, RouteMatch match, String query, RequestHost host, String id,
		boolean repeatable, @Nullable RequestBody body, @Nullable GrpcCall grpc, @Nullable ProtocolOffer offer) {

	/**
	 * Send the head to an instance.
	 * @param stream the way to the instance
	 * @param instance the instance
	 * @param elapsedNanos for how long the client of a gRPC call has waited
	 * @param out what the head is written with
	 * @param listener hears what comes of it
	 */
	void writeHead(BackendStream stream, UpstreamInstance instance, long elapsedNanos, RequestHead out,
			ResponseListener listener) {
		RequestHead received = this.client.head();
		begin(stream.version(), instance, out);
		if (this.offer != null && stream.version() != HttpVersion.HTTP_2) {
			this.offer.write(out.fields());
		}
		if (this.grpc != null) {
			this.grpc.writeTimeout(out.fields(), elapsedNanos);
		}
		long contentLength = (this.body != null) ? this.body.contentLength() : received.contentLength();
		out.frame(contentLength, this.body != null && contentLength < 0, this.body != null);
		stream.writeHead(out, listener);
	}

	/**
	 * Write the head but for its framing, and what only the request's own exchange has.
	 * @param version the version of HTTP that the instance is spoken to in
	 * @param instance the instance
	 * @param out what the head is written with
	 */
	void begin(HttpVersion version, UpstreamInstance instance, RequestHead out) {
		RequestHead received = this.client.head();
		out.begin(version, isExtendedConnect() ? "GET" : received.method(),
				target(instance.instance().endpoint().path()));
		if (received.isTargetSensitive()) {
			out.markTargetSensitive();
		}
		RoutePolicy policy = this.match.policy();
		String rewritten = policy.isPlain() ? "" : policy.actions().host();
		RequestFields.write(received, this.client.peer(), this.host, this.id,
				rewritten.isEmpty() ? instance.authority() : rewritten, this.match.strippedPrefix(),
				this.match.preserveHost(), out);
		if (!policy.isPlain()) {
			ChangedFields.apply(policy.actions().requestFields(), out.fields());
		}
		announceNoContent(received, out);
	}

	private String target(String prefix) {
		String path = this.match.path();
		return (prefix.isEmpty() && this.query.isEmpty()) ? path : prefix + path + this.query;
	}

	private boolean isExtendedConnect() {
		return this.client.head().protocol() != null;
	}

	/**
	 * Tell an instance that there is no content, if the method is one that usually has
	 * some and the client's fields do not tell: there are servers that answer 411 (RFC
	 * 9110, section 8.6). HTTP/2 has frames for it.
	 */
	private void announceNoContent(RequestHead received, RequestHead out) {
		if (this.body != null || received.contentLength() >= 0 || out.version() == HttpVersion.HTTP_2) {
			return;
		}
		boolean usual = switch (out.method()) {
			case "POST", "PUT", "PATCH" -> true;
			default -> false;
		};
		if (usual) {
			out.fields().add(HeaderKind.CONTENT_LENGTH, "Content-Length", "0");
		}
	}

	/**
	 * Send the body, or what of it has come, behind the head.
	 * @param stream the way to the instance
	 */
	void sendBody(BackendStream stream) {
		if (this.body != null) {
			this.body.sendTo(stream);
		}
	}

	/**
	 * Take the body back from the instance of an attempt that has failed.
	 */
	void recall() {
		if (this.body != null) {
			this.body.recall();
		}
	}

	/**
	 * Keep nothing for another attempt: there will be none.
	 */
	void forget() {
		if (this.body != null) {
			this.body.forget();
		}
	}

	/**
	 * Whether an instance has been sent the whole of it.
	 */
	boolean isSent() {
		return this.body == null || this.body.isEnded();
	}

	/**
	 * Whether another instance can be sent the whole of it.
	 */
	boolean isReplayable() {
		return this.body == null || this.body.isReplayable();
	}

	/**
	 * Whether the client waits for leave before it sends the body.
	 */
	boolean expectsContinue() {
		return this.body != null && this.body.expectsContinue();
	}

	/**
	 * Whether so much of it is still to come that its connection cannot be used any more.
	 */
	boolean isTooMuchLeft() {
		return this.body != null && this.body.isTooMuchLeft();
	}

}
