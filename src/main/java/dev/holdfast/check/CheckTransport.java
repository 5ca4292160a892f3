package dev.holdfast.check;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;

/**
 * How connections to the instances of a service are made, as traffic's are.
 *
 * @param protocol which HTTP is spoken to them
 * @param security what secures them, where they speak TLS
 */
public record CheckTransport(BackendProtocol protocol, BackendSecurity security) {

	/** What each instance's scheme says, and what the JVM trusts. */
	public static final CheckTransport DEFAULTS = new CheckTransport(BackendProtocol.AUTO, BackendSecurity.DEFAULTS);

}
