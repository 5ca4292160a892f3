package dev.holdfast.proxy.backend;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;

import javax.net.ssl.SSLException;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.transport.TlsFailures;
import io.netty.channel.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the failures that Netty and the JDK report of connections that could not be made
 * say of an instance.
 */
final class ConnectFailures {

	private ConnectFailures() {
	}

	/**
	 * Return why no connection could be made.
	 * @param failure what was reported
	 */
	static ConnectFailure reason(@Nullable Throwable failure) {
		return switch (failure) {
			case UnreachableHostException all -> reason(all.getCause());
			case ConnectTimeoutException timeout -> ConnectFailure.TIMEOUT;
			case NoRouteToHostException unreachable -> ConnectFailure.UNREACHABLE;
			case ConnectException refused -> ConnectFailure.REFUSED;
			case UnknownHostException unknown -> ConnectFailure.UNKNOWN_HOST;
			case Http2RefusedException disagreed -> ConnectFailure.NO_HTTP2;
			case SSLException tls -> ConnectFailure.TLS;
			case null, default -> ConnectFailure.OTHER;
		};
	}

	/**
	 * Return what more is to be told of a connection that could not be made.
	 * @param failure what was reported
	 * @return words for operators, empty for none
	 */
	static String explain(@Nullable Throwable failure) {
		return switch (failure) {
			case UnreachableHostException all -> String.valueOf(all.getMessage());
			case UnknownHostException unknown -> String.valueOf(unknown.getMessage());
			case SSLException tls -> TlsFailures.explain(tls);
			case null, default -> "";
		};
	}

}
