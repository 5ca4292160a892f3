package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHost;
import org.jspecify.annotations.Nullable;

/**
 * What clients' Host fields come to. A client asks the same host again, so that the last
 * of each is remembered, of as many clients as there are places.
 */
final class RequestHosts {

	/** A power of two. */
	private static final int PLACES = 512;

	private final @Nullable ClientPeer[] peers = new ClientPeer[PLACES];

	private final @Nullable RequestHost[] hosts = new RequestHost[PLACES];

	/**
	 * Return what a text comes to.
	 * @param text the authority of an absolute-form target, or of HTTP/2; empty for none
	 * @param peer who asks
	 */
	RequestHost of(String text, ClientPeer peer) {
		int place = place(peer);
		RequestHost known = known(place, peer);
		return (known != null && known.field().equals(text)) ? known : add(place, text, peer);
	}

	/**
	 * Return what a Host field comes to.
	 * @param fields the request's fields
	 * @param index the field's place
	 * @param peer who asks
	 */
	RequestHost of(HeaderFields fields, int index, ClientPeer peer) {
		int place = place(peer);
		RequestHost known = known(place, peer);
		return (known != null && fields.hasExactValue(index, known.field())) ? known
				: add(place, fields.value(index), peer);
	}

	private static int place(ClientPeer peer) {
		int hash = System.identityHashCode(peer);
		return (hash ^ (hash >>> 16)) & (PLACES - 1);
	}

	@SuppressWarnings("ReferenceEquality") // a connection has one
	private @Nullable RequestHost known(int place, ClientPeer peer) {
		return (this.peers[place] == peer) ? this.hosts[place] : null;
	}

	private RequestHost add(int place, String text, ClientPeer peer) {
		RequestHost host = RequestHost.of(text, peer);
		this.peers[place] = peer;
		this.hosts[place] = host;
		return host;
	}

}
