package dev.holdfast.proxy.backend;

import java.net.ConnectException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

import javax.net.ssl.SSLException;

import dev.holdfast.proxy.transport.TlsFailures;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * None of a name's addresses could be connected to. Its cause is the failure with the
 * first one, or the first that came as far as the handshake.
 */
final class UnreachableHostException extends ConnectException {

	private static final long serialVersionUID = 1L;

	/** What an operator reads in one line. */
	private static final int MOST_TOLD = 8;

	private UnreachableHostException(String message, Throwable cause) {
		super(message);
		initCause(cause);
	}

	/**
	 * Tells what became of each address.
	 * @param addresses the addresses, in the order in which they were tried
	 * @param failures what happened with those that were, at least one
	 */
	static UnreachableHostException of(List<InetAddress> addresses, Map<InetAddress, Throwable> failures) {
		StringJoiner told = new StringJoiner(", ");
		Throwable cause = null;
		for (int i = 0; i < addresses.size(); i++) {
			Throwable failure = failures.get(addresses.get(i));
			if (i < MOST_TOLD) {
				told.add(NetUtil.toAddressString(addresses.get(i)) + " (" + words(failure) + ")");
			}
			if (cause == null || (failure instanceof SSLException && !(cause instanceof SSLException))) {
				cause = failure;
			}
		}
		if (addresses.size() > MOST_TOLD) {
			told.add("%d more".formatted(addresses.size() - MOST_TOLD));
		}
		return new UnreachableHostException(told.toString(), Objects.requireNonNull(cause));
	}

	private static String words(@Nullable Throwable failure) {
		if (failure == null) {
			return "not tried";
		}
		String reason = ConnectFailures.reason(failure).reason();
		return (failure instanceof SSLException tls) ? reason + ": " + TlsFailures.explain(tls) : reason;
	}

}
