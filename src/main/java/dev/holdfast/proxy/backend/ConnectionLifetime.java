package dev.holdfast.proxy.backend;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

/**
 * Until when a connection to an instance takes requests: until it is too old, or leads
 * where the instance is not any more.
 */
final class ConnectionLifetime {

	private final long end;

	private final @Nullable HostAddresses host;

	private final @Nullable InetAddress address;

	private int version;

	private boolean outdated;

	/**
	 * Begin a lifetime.
	 * @param end when the connection is too old, nanoseconds
	 * @param host what is known of the name that it leads to, {@code null} when it leads
	 * to an address
	 * @param address the name's address that it leads to, {@code null} for none
	 */
	ConnectionLifetime(long end, @Nullable HostAddresses host, @Nullable InetAddress address) {
		this.end = end;
		this.host = host;
		this.address = address;
		// Another one, so that the address is looked for once: what the name stands for
		// may have changed while the connection was being made.
		this.version = (host != null) ? host.version() - 1 : 0;
	}

	/**
	 * Whether the connection is to take no more requests.
	 * @param now the time, nanoseconds
	 */
	boolean isOver(long now) {
		return now - this.end >= 0 || isOutdated();
	}

	private boolean isOutdated() {
		if (this.host == null || this.address == null) {
			return false;
		}
		int current = this.host.version();
		if (current != this.version) {
			this.version = current;
			this.outdated = !this.host.has(this.address);
		}
		return this.outdated;
	}

}
