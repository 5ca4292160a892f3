package dev.holdfast.quickstart;

/**
 * What somebody who sees the gateway for the first time may try.
 *
 * @param traffic the URL of the traffic port
 * @param admin the URL of the admin port
 * @param etcd the URL of etcd
 * @param stopEtcd the command that stops etcd
 * @param startEtcd the command that starts it again
 */
record Instructions(String traffic, String admin, String etcd, String stopEtcd, String startEtcd) {

	/**
	 * Gives the text to print; a line that begins with a dollar sign is a command.
	 */
	String text() {
		return """

				Holdfast is running.

				  traffic     %1$s   (services: orders, users)
				  operators   %2$s/ in a browser   %2$s/registry   %2$s/actuator/health
				  etcd        %3$s

				Four commands to try in another terminal:

				1. Ask a service through the gateway; the answer names the instance.

				$ curl -s %1$s/orders/v1/items

				2. See how far the gateway can trust what it knows: the state is LIVE.

				$ curl -s %2$s/registry/status

				3. Stop etcd, then repeat 1 and 2: the answers go on, and the state is STALE.

				$ %4$s

				4. Start the same etcd again, then repeat 2: the state is LIVE again within seconds.

				$ %5$s

				Ctrl-C stops everything.
				""".formatted(this.traffic, this.admin, this.etcd, this.stopEtcd, this.startEtcd);
	}

}
