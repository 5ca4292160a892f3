package dev.holdfast.proxy.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.client.RequestListener;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A client's request that writes down what it is answered.
 */
final class FakeClient implements ClientStream {

	/** What it was told, in the order in which it was. */
	final List<String> told = new ArrayList<>();

	/** The fields of the response. */
	String fields = "";

	/** The length that the response's head announces. */
	long length = -1;

	boolean writable = true;

	boolean paused = true;

	boolean closing;

	/** Whether what follows the request is held back. */
	boolean held;

	long untaken;

	final FakeTunnelEnd tunnel = new FakeTunnelEnd();

	private final RequestHead head = new RequestHead();

	private final @Nullable Rejection rejection;

	private final ClientPeer peer = new ClientPeer("192.0.2.1", false, false, null);

	private @Nullable RequestListener listener;

	private boolean headWritten;

	private boolean requestEnded = true;

	private FakeClient(@Nullable Rejection rejection) {
		this.rejection = rejection;
	}

	static FakeClient of(HttpVersion version, String method, String target, String... fields) {
		return of(null, version, method, target, fields);
	}

	static FakeClient get(String target, String... fields) {
		return of(HttpVersion.HTTP_1_1, "GET", target, fields);
	}

	static FakeClient malformed(Rejection rejection) {
		return of(rejection, HttpVersion.HTTP_1_1, "GET", "/orders/");
	}

	private static FakeClient of(@Nullable Rejection rejection, HttpVersion version, String method, String target,
			String... fields) {
		FakeClient client = new FakeClient(rejection);
		client.head.begin(version, method, target);
		if (version == HttpVersion.HTTP_2) {
			client.head.pseudo("gateway.test", null);
		}
		else {
			client.head.fields().add("Host", "gateway.test");
		}
		for (int i = 0; i < fields.length; i += 2) {
			client.head.fields().add(fields[i], fields[i + 1]);
		}
		return client;
	}

	/**
	 * Let a body follow.
	 */
	FakeClient withBody(long contentLength) {
		if (contentLength >= 0) {
			this.head.fields().add("Content-Length", Long.toString(contentLength));
		}
		this.head.frame(contentLength, contentLength < 0, true);
		this.requestEnded = false;
		return this;
	}

	/**
	 * Make it an extended CONNECT.
	 */
	FakeClient withProtocol(String protocol) {
		this.head.pseudo("gateway.test", protocol);
		this.head.frame(-1, false, true);
		this.requestEnded = false;
		return this;
	}

	void sends(String data) {
		listener().onBody(Unpooled.copiedBuffer(data, StandardCharsets.ISO_8859_1));
	}

	void ends(String... trailers) {
		this.requestEnded = true;
		HeaderFields fields = new HeaderFields();
		for (int i = 0; i < trailers.length; i += 2) {
			fields.add(trailers[i], trailers[i + 1]);
		}
		listener().onEnd(fields);
	}

	void takes() {
		this.writable = true;
		listener().onWritable();
	}

	RequestListener listener() {
		return Objects.requireNonNull(this.listener);
	}

	@Override
	public RequestHead head() {
		return this.head;
	}

	@Override
	public @Nullable Rejection rejection() {
		return this.rejection;
	}

	@Override
	public ClientPeer peer() {
		return this.peer;
	}

	@Override
	public void listen(RequestListener listener) {
		this.listener = listener;
	}

	@Override
	public void pause() {
		this.paused = true;
	}

	@Override
	public void resume() {
		this.paused = false;
	}

	@Override
	public void writeInterim(ResponseHead head) {
		this.told.add("interim " + head.status() + " " + head.fields().toString().replace("\r\n", "|"));
	}

	@Override
	public void writeHead(ResponseHead head) {
		this.told.add((head.hasBody() ? "head " : "only head ") + head.status());
		this.fields = head.fields().toString().replace("\r\n", "|");
		this.length = head.contentLength();
		this.headWritten = true;
	}

	@Override
	public boolean isHeadWritten() {
		return this.headWritten;
	}

	@Override
	public void write(ByteBuf data) {
		this.told.add("body " + data.toString(StandardCharsets.ISO_8859_1));
		data.release();
	}

	@Override
	public void end(HeaderFields trailers) {
		this.told.add(trailers.isEmpty() ? "end" : "end " + trailers.toString().replace("\r\n", "|"));
	}

	@Override
	public boolean takesTrailers(long contentLength) {
		return this.head.version() == HttpVersion.HTTP_2
				|| (contentLength < 0 && this.head.version() == HttpVersion.HTTP_1_1);
	}

	@Override
	public boolean isWritable() {
		return this.writable;
	}

	@Override
	public long untaken() {
		return this.untaken;
	}

	@Override
	public void closeAfterwards() {
		this.closing = true;
	}

	@Override
	public void abort() {
		this.told.add("abort");
	}

	@Override
	public void hangUp() {
		this.told.add("hang up");
	}

	@Override
	public boolean isRequestEnded() {
		return this.requestEnded;
	}

	@Override
	public boolean holdForSwitch() {
		this.held = true;
		return true;
	}

	@Override
	public void declineSwitch() {
		this.held = false;
	}

	@Override
	public TunnelEnd switchProtocols(ResponseHead head) {
		this.told.add("switch " + head.status());
		this.fields = head.fields().toString().replace("\r\n", "|");
		return this.tunnel;
	}

}
