package dev.holdfast.proxy.server;

/**
 * Who is still there when the gateway stops.
 *
 * @param connections the connections of clients, idle ones included
 * @param requests the requests that have no whole response yet, streams included
 * @param streams the event streams and gRPC streams among them
 * @param tunnels the connections that were switched to another protocol
 */
record RemainingClients(int connections, int requests, int streams, int tunnels) {

	static final RemainingClients NONE = new RemainingClients(0, 0, 0, 0);

	RemainingClients and(RemainingClients other) {
		return new RemainingClients(this.connections + other.connections, this.requests + other.requests,
				this.streams + other.streams, this.tunnels + other.tunnels);
	}

	boolean isNobody() {
		return this.connections == 0;
	}

	@Override
	public String toString() {
		return "%d requests, %d of them streams, and %d tunnels on %d connections".formatted(this.requests,
				this.streams, this.tunnels, this.connections);
	}

}
