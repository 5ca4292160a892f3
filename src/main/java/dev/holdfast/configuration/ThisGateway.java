package dev.holdfast.configuration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import dev.holdfast.admin.GatewayIdentity;
import dev.holdfast.cluster.LocalGateway;
import org.jspecify.annotations.Nullable;

/**
 * What this gateway tells the others of itself.
 */
final class ThisGateway implements Supplier<LocalGateway> {

	private static final int MAX_LENGTH = 253;

	private final GatewayIdentity identity;

	private final String host;

	private final Instant startedAt;

	private final IntSupplier adminPort;

	/**
	 * Creates it.
	 * @param environment the environment's variables
	 * @param startedAt when it was started
	 * @param adminPort gives the port of the operators' API, -1 while it is not open
	 */
	ThisGateway(GatewayIdentity identity, Map<String, String> environment, Instant startedAt, IntSupplier adminPort) {
		this.identity = identity;
		this.host = cut(hostName(environment.get("HOSTNAME")));
		this.startedAt = startedAt;
		this.adminPort = adminPort;
	}

	/** Containers and shells tell it; otherwise the machine's own name is looked up. */
	private static String hostName(@Nullable String told) {
		if (told != null && !told.isBlank()) {
			return told;
		}
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "unknown";
		}
	}

	private static String cut(String text) {
		return (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) : text;
	}

	@Override
	public LocalGateway get() {
		return new LocalGateway(this.identity.instanceId(), cut(this.identity.version()), this.host,
				Math.max(0, this.adminPort.getAsInt()), this.startedAt);
	}

}
