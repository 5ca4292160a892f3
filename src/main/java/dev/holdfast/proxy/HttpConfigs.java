package dev.holdfast.proxy;

import java.time.Duration;

import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.Http2ServerConfig;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.WebSocketServerConfig;

/**
 * How Vert.x is told to speak HTTP, to clients and to instances.
 */
final class HttpConfigs {

	/** In which {@code max-resets} counts. */
	private static final Duration RESET_WINDOW = Duration.ofSeconds(30);

	private HttpConfigs() {
	}

	/**
	 * Makes what clients are spoken to by.
	 * @param secure whether they come by TLS, and choose HTTP/2 in the handshake
	 */
	static HttpServerConfig server(TrafficLimits limits, boolean secure) {
		HttpServerConfig config = new HttpServerConfig();
		if (secure) {
			config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
			config.setHttp2Config(http2Server(limits));
		}
		else {
			// The detector finds HTTP/2.
			config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);
		}
		config.setHandle100ContinueAutomatically(false);
		config.setWebSocketConfig(
				new WebSocketServerConfig().setUsePerFrameCompression(false).setUsePerMessageCompression(false));
		return config;
	}

	/**
	 * Makes what clients are spoken to by when they have begun HTTP/2.
	 */
	static Http2ServerConfig http2Server(TrafficLimits limits) {
		return new Http2ServerConfig().setInitialSettings(Http2Windows.toClients(limits))
			.setConnectionWindowSize(Http2Windows.ofClients(limits))
			.setRstFloodMaxRstFramePerWindow(limits.maxResets())
			.setRstFloodWindowDuration(RESET_WINDOW);
	}

	/**
	 * Makes what instances are spoken to by.
	 * @param connectTimeout how long making a connection may take
	 * @param maxHeaderSize the largest head of an answer, bytes
	 */
	static HttpClientConfig client(Duration connectTimeout, int maxHeaderSize) {
		HttpClientConfig config = new HttpClientConfig();
		config.setVersions(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);
		config.setConnectTimeout(connectTimeout);
		config.setHttp2Config(new Http2ClientConfig().setClearTextUpgrade(false)
			.setInitialSettings(Http2Windows.toBackends(maxHeaderSize)));
		return config;
	}

}
