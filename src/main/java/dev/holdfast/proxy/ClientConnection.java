package dev.holdfast.proxy;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all requests of a client's connection, computed once: who the peer
 * is, and what its last Host field comes to.
 */
final class ClientConnection {

	private final ClientWatch watch;

	private final String address;

	private final String node;

	private final boolean trusted;

	private final boolean secure;

	private final @Nullable String certificate;

	private @Nullable RequestFrames frames;

	private @Nullable TrailerReader trailers;

	private String hostField = "";

	private String host = "";

	private String port = "";

	private String forwarded = "";

	private boolean validHost;

	ClientConnection(EventLoopServer server, HttpConnection connection) {
		SocketAddress remote = connection.remoteAddress();
		String peer = (remote != null) ? remote.hostAddress() : null;
		this.address = (peer != null) ? peer : "unknown";
		this.node = (this.address.indexOf(':') >= 0) ? "\"[" + this.address + "]\"" : this.address;
		this.trusted = server.trustedProxies().contains(this.address);
		this.secure = connection.isSsl();
		this.certificate = (this.secure && !this.trusted) ? ClientCertificate.of(connection.sslSession()) : null;
		this.watch = ClientWatch.of(server, connection, this.address);
		parseHost("");
	}

	/**
	 * Takes what sees the frames of an HTTP/2 connection.
	 */
	void useFrames(RequestFrames frames) {
		this.frames = frames;
	}

	/**
	 * What sees the frames of an HTTP/2 connection.
	 * @throws IllegalStateException if the connection speaks HTTP/1.1
	 */
	RequestFrames frames() {
		if (this.frames == null) {
			throw new IllegalStateException("frames: not a connection that speaks HTTP/2");
		}
		return this.frames;
	}

	/**
	 * Takes what sees the trailers of an HTTP/1.1 connection.
	 */
	void useTrailers(TrailerReader trailers) {
		this.trailers = trailers;
	}

	/**
	 * The number by which the trailers of the request that is being handed over can be
	 * asked for.
	 */
	int requestNumber() {
		return (this.trailers != null) ? this.trailers.current() : TrailerReader.NONE;
	}

	/**
	 * The trailers of a request that has arrived whole.
	 * @param number its number
	 */
	Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> trailers(HttpServerRequest request,
			int number) {
		if (this.frames != null) {
			Http2Headers fields = this.frames.trailers(request.streamId());
			return (fields != null) ? fields : List.of();
		}
		return (this.trailers != null) ? this.trailers.trailers(number) : List.of();
	}

	/**
	 * What brings a request's body.
	 */
	BodySource bodyOf(HttpServerRequest request) {
		if (this.frames != null) {
			return this.frames.body(request.streamId());
		}
		ReceivedRequest received = ReceivedRequest.of(request);
		if (received == null) {
			throw new IllegalStateException("body: not read by the gateway's decoder");
		}
		return received.decoder();
	}

	/**
	 * Takes the Host that the next request is for.
	 * @param field the Host field or the authority of an absolute-form target; empty when
	 * an HTTP/1.0 request has neither
	 * @return whether it names exactly one host
	 */
	boolean useHost(String field) {
		if (!field.equals(this.hostField)) {
			parseHost(field);
		}
		return this.validHost;
	}

	private void parseHost(String field) {
		HostPort parsed = HostPort.parse(field);
		this.hostField = field;
		this.validHost = field.isEmpty() || parsed != null;
		this.host = (parsed != null) ? parsed.name().toLowerCase(Locale.ROOT) : "";
		this.port = (parsed != null && !parsed.port().isEmpty()) ? parsed.port() : (this.secure ? "443" : "80");
		this.forwarded = "for=%s%s;proto=%s".formatted(this.node, field.isEmpty() ? "" : ";host=\"" + field + "\"",
				protocol());
	}

	/**
	 * What sees to it that the connection is used.
	 */
	ClientWatch watch() {
		return this.watch;
	}

	/**
	 * The peer's IP address.
	 */
	String address() {
		return this.address;
	}

	/**
	 * The peer's IP address as the Forwarded field has it (RFC 7239, section 6).
	 */
	String node() {
		return this.node;
	}

	/**
	 * Whether the peer's forwarding headers are believed.
	 */
	boolean isTrusted() {
		return this.trusted;
	}

	/**
	 * The verified certificate of the client as the Client-Cert field has it,
	 * {@code null} when it showed none. A trusted proxy's own is not the client's.
	 */
	@Nullable String certificate() {
		return this.certificate;
	}

	String protocol() {
		return this.secure ? "https" : "http";
	}

	/**
	 * The last Host field as the client wrote it.
	 */
	String hostField() {
		return this.hostField;
	}

	/**
	 * The last host in lower case, without port.
	 */
	String host() {
		return this.host;
	}

	/**
	 * The port that the last Host field named, else its scheme's: the one listened on may
	 * be behind a mapping that the client knows nothing of.
	 */
	String port() {
		return this.port;
	}

	/**
	 * The last request's element of the Forwarded field (RFC 7239).
	 */
	String forwarded() {
		return this.forwarded;
	}

}
