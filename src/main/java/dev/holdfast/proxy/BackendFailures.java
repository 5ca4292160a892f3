package dev.holdfast.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;

import javax.net.ssl.SSLException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import org.jspecify.annotations.Nullable;

/**
 * What failures that Vert.x and Netty report say of an instance.
 */
final class BackendFailures {

	private BackendFailures() {
	}

	/**
	 * Why no connection could be made.
	 */
	static ConnectFailure connectFailure(@Nullable Throwable failure) {
		return switch (failure) {
			case UnreachableHostException all -> connectFailure(all.getCause());
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
	 * What more is to be told of a connection that could not be made.
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

	/**
	 * Whether a stream was refused before the instance did anything for it.
	 */
	static boolean isRefusedStream(Throwable failure) {
		return switch (failure) {
			case StreamResetException reset -> reset.getCode() == Http2Error.REFUSED_STREAM.code();
			case Http2Exception local -> local.error() == Http2Error.REFUSED_STREAM;
			default -> false;
		};
	}

	/**
	 * Whether it is the connection that broke, with all requests on it.
	 */
	static boolean isOfConnection(@Nullable Throwable failure) {
		return failure instanceof HttpClosedException || failure instanceof IOException;
	}

	/**
	 * What a client is told of an answer that has not come, or not come to its end.
	 */
	static GatewayError error(@Nullable Throwable failure) {
		boolean broken = failure instanceof HttpClosedException || failure instanceof StreamResetException
				|| failure instanceof IOException || TlsFailures.of(failure) != null;
		return broken ? GatewayError.BACKEND_RESET : GatewayError.BAD_ANSWER;
	}

}
