package dev.holdfast.proxy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The words that an {@link ExchangeListener} may be told, so that meters can be there
 * before the first of each.
 */
public final class TrafficLabels {

	private TrafficLabels() {
	}

	/**
	 * Lists the codes of the gateway's own errors.
	 * @return the codes
	 */
	public static List<String> errorCodes() {
		return Stream.of(GatewayError.values()).map(GatewayError::code).toList();
	}

	/**
	 * Lists why requests and clients are turned away before there is a route.
	 * @return the reasons
	 */
	public static List<String> rejectionReasons() {
		Stream<String> requests = Stream.of(Rejection.values())
			.filter((rejection) -> rejection != Rejection.STATUS_LINE)
			.map(Rejection::reason);
		return Stream.concat(requests, Stream.of(ClientRefusal.values()).map(ClientRefusal::reason)).toList();
	}

	/**
	 * Lists why connections to instances cannot be made.
	 * @return the reasons
	 */
	public static List<String> connectFailureReasons() {
		return Stream.of(ConnectFailure.values()).map(ConnectFailure::reason).toList();
	}

	/**
	 * Writes a constant as labels have it, {@code too-many-handshakes}.
	 */
	static String of(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
