package dev.holdfast.check;

import java.util.function.Consumer;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.ConnectListener;
import dev.holdfast.proxy.backend.ResponseListener;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import org.jspecify.annotations.Nullable;

/**
 * Sends an instance a request and judges its response.
 */
abstract class RequestCheck extends RunningCheck implements ConnectListener, ResponseListener {

	private static final String USER_AGENT = "holdfast-health-check";

	private @Nullable BackendStream stream;

	RequestCheck(TrafficLoop loop, CheckTarget target, Consumer<String> done) {
		super(loop, target, done);
	}

	@Override
	public final void onConnected(BackendStream stream) {
		if (hasEnded()) {
			stream.cancel();
			return;
		}
		this.stream = stream;
		connected(true);
		send(stream);
	}

	/**
	 * Send the request.
	 */
	abstract void send(BackendStream stream);

	/**
	 * Begin a request's head.
	 * @param version the version of HTTP that it is sent in
	 * @param path the path behind the instance's own
	 */
	final RequestHead head(HttpVersion version, String method, String path) {
		RequestHead head = new RequestHead();
		head.begin(version, method, target().path(path));
		String authority = target().endpoint().authority();
		if (version == HttpVersion.HTTP_2) {
			head.pseudo(authority, null);
		}
		else {
			head.fields().add("Host", authority);
			head.fields().add("Connection", "close");
		}
		head.fields().add("User-Agent", USER_AGENT);
		return head;
	}

	@Override
	public final void onConnectFailed(ConnectFailure reason, String explanation) {
		end(noConnection(reason, explanation));
	}

	@Override
	public final void onInterim(ResponseHead head) {
		// The response follows.
	}

	@Override
	public final void onFailed(BackendFailure failure) {
		this.stream = null;
		// TLS 1.3 refuses late.
		connected(!(failure instanceof BackendFailure.HandshakeRefused));
		end(switch (failure) {
			case BackendFailure.ConnectionBroken broken -> "the connection broke before the whole response had come";
			case BackendFailure.StreamReset(long code) ->
				"the request was reset with HTTP/2's error code %d".formatted(code);
			case BackendFailure.Refused refused -> "the request was refused";
			case BackendFailure.Malformed malformed -> "the response is no HTTP";
			case BackendFailure.HandshakeRefused(String explanation) -> noConnection(ConnectFailure.TLS, explanation);
		});
	}

	@Override
	public final void onWritable() {
		// All of the request has been written.
	}

	@Override
	final void release() {
		BackendStream left = this.stream;
		this.stream = null;
		if (left != null) {
			// Does nothing behind a whole response.
			left.cancel();
		}
	}

	@Override
	final String lateness() {
		return (this.stream != null) ? "no whole response within " + seconds() : "no connection within " + seconds();
	}

}
