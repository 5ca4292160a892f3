package dev.holdfast.proxy.header;

import java.util.Locale;

/**
 * The host that a request is for, and all that its name comes to for a peer: most
 * connections name one host again and again, and so keep this.
 */
public final class RequestHost {

	private final String field;

	private final String name;

	private final String port;

	private final String forwarded;

	private final boolean valid;

	private final HeaderFields forwarding;

	private RequestHost(String field, ClientPeer peer) {
		HostPort parsed = HostPort.parse(field);
		this.field = field;
		this.valid = field.isEmpty() || parsed != null;
		this.name = (parsed != null) ? parsed.name().toLowerCase(Locale.ROOT) : "";
		this.port = (parsed != null && !parsed.port().isEmpty()) ? parsed.port() : (peer.secure() ? "443" : "80");
		this.forwarded = "for=" + peer.node() + (field.isEmpty() ? "" : ";host=\"" + field + "\"") + ";proto="
				+ peer.protocol();
		this.forwarding = new HeaderFields();
		// What is no host is never passed on.
		if (this.valid) {
			TrustedForwarding.begin(peer, this, this.forwarding);
		}
	}

	/**
	 * Read a Host field.
	 * @param field the Host field, {@code :authority}, or the authority of an
	 * absolute-form target; empty when an HTTP/1.0 request has neither
	 * @param peer who sent it
	 * @return what it names
	 */
	public static RequestHost of(String field, ClientPeer peer) {
		return new RequestHost(field, peer);
	}

	/**
	 * Return the field as the client wrote it, empty when there is none.
	 */
	public String field() {
		return this.field;
	}

	/**
	 * Return the host in lower case, without port.
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the port that the field names, else its scheme's: the one listened on may be
	 * behind a mapping that the client knows nothing of.
	 */
	public String port() {
		return this.port;
	}

	/**
	 * Return the request's element of the Forwarded field (RFC 7239).
	 */
	public String forwarded() {
		return this.forwarded;
	}

	/**
	 * Whether the field names exactly one host, or there is none.
	 */
	public boolean valid() {
		return this.valid;
	}

	/**
	 * Return the fields of both families that tell an instance of the peer and the host,
	 * when nothing is believed or told.
	 */
	HeaderFields forwarding() {
		return this.forwarding;
	}

	@Override
	public String toString() {
		return this.field;
	}

}
