package dev.holdfast.proxy.header;

import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a client's connection.
 *
 * @param address the peer's IP address, {@code unknown} when it has none
 * @param trusted whether the peer's forwarding fields are believed
 * @param secure whether the connection is secured by TLS
 * @param certificate the verified certificate of the client as the Client-Cert field has
 * it (RFC 9440), {@code null} when it showed none. A trusted proxy's own is not the
 * client's.
 */
public record ClientPeer(String address, boolean trusted, boolean secure, @Nullable String certificate) {

	/**
	 * Return the peer's address as the Forwarded field has it (RFC 7239, section 6).
	 */
	public String node() {
		return (this.address.indexOf(':') >= 0) ? "\"[" + this.address + "]\"" : this.address;
	}

	/**
	 * Return the scheme that the peer used, {@code http} or {@code https}.
	 */
	public String protocol() {
		return this.secure ? "https" : "http";
	}

}
