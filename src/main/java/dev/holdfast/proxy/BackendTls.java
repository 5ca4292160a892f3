package dev.holdfast.proxy;

import io.vertx.core.net.ClientSSLOptions;

/**
 * How connections to instances are secured. It is another one when the bundle has
 * changed, so that connections made with what it was are not used any more.
 */
final class BackendTls {

	private final ClientSSLOptions options;

	private final String serverName;

	BackendTls(ClientSSLOptions options, String serverName) {
		this.options = options;
		this.serverName = serverName;
	}

	ClientSSLOptions options() {
		return this.options;
	}

	/**
	 * The name that certificates must be for.
	 * @param host the host that the instance is registered with
	 */
	String serverName(String host) {
		return this.serverName.isEmpty() ? host : this.serverName;
	}

}
