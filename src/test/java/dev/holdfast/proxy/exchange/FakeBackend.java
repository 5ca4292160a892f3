package dev.holdfast.proxy.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.ConnectListener;
import dev.holdfast.proxy.backend.ResponseListener;
import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import dev.holdfast.service.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What asked for a connection to an instance, and the instance's side of the request
 * behind it.
 */
final class FakeBackend implements BackendStream {

	/** What it was told, in the order in which it was. */
	final List<String> told = new ArrayList<>();

	final Endpoint endpoint;

	final WireProtocol protocol;

	final boolean avoidStale;

	final FakeTunnelEnd tunnel = new FakeTunnelEnd();

	HttpVersion version;

	boolean reused;

	boolean writable = true;

	boolean paused;

	boolean calledOff;

	/** The fields of the request. */
	String fields = "";

	long length = -1;

	private final ConnectListener asking;

	private final ResponseHead head = new ResponseHead();

	private @Nullable ResponseListener listener;

	FakeBackend(Endpoint endpoint, WireProtocol protocol, boolean avoidStale, ConnectListener asking) {
		this.endpoint = endpoint;
		this.protocol = protocol;
		this.avoidStale = avoidStale;
		this.asking = asking;
		this.version = (protocol == WireProtocol.HTTP2) ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1;
	}

	FakeBackend connects() {
		this.asking.onConnected(this);
		return this;
	}

	void refusesConnection() {
		this.asking.onConnectFailed(ConnectFailure.REFUSED, "");
	}

	void interim(int status, String... fields) {
		ResponseHead interim = new ResponseHead();
		begin(interim, status, fields);
		listener().onInterim(interim);
	}

	/**
	 * Answer with a head, behind which a body of the length follows: -1 for any.
	 */
	void head(int status, long contentLength, String... fields) {
		begin(this.head, status, fields);
		if (contentLength >= 0) {
			this.head.fields().add("Content-Length", Long.toString(contentLength));
		}
		this.head.frame(contentLength, true);
		listener().onHead(this.head);
	}

	/**
	 * Answer with a head alone.
	 */
	void headOnly(int status, String... fields) {
		begin(this.head, status, fields);
		listener().onHead(this.head);
		ends();
	}

	void switches(String... fields) {
		begin(this.head, 101, fields);
		listener().onHead(this.head);
	}

	private void begin(ResponseHead begun, int status, String... fields) {
		begun.begin(this.version, status, "");
		for (int i = 0; i < fields.length; i += 2) {
			begun.fields().add(fields[i], fields[i + 1]);
		}
	}

	void sends(String data) {
		sends(data.getBytes(StandardCharsets.ISO_8859_1));
	}

	void sends(byte... data) {
		listener().onBody(Unpooled.copiedBuffer(data));
	}

	void ends(String... trailers) {
		HeaderFields fields = new HeaderFields();
		for (int i = 0; i < trailers.length; i += 2) {
			fields.add(trailers[i], trailers[i + 1]);
		}
		listener().onEnd(fields);
	}

	/**
	 * Answer with all of a response.
	 */
	void answers(int status, String body) {
		head(status, body.length());
		sends(body);
		ends();
	}

	void fails(BackendFailure failure) {
		listener().onFailed(failure);
	}

	void breaks() {
		fails(new BackendFailure.ConnectionBroken(true, false));
	}

	void takes() {
		this.writable = true;
		listener().onWritable();
	}

	ResponseListener listener() {
		return Objects.requireNonNull(this.listener);
	}

	@Override
	public HttpVersion version() {
		return this.version;
	}

	@Override
	public boolean isShared() {
		return this.version == HttpVersion.HTTP_2;
	}

	@Override
	public boolean isReused() {
		return this.reused;
	}

	@Override
	public void writeHead(RequestHead head, ResponseListener listener) {
		this.listener = listener;
		this.told.add((head.hasBody() ? "head " : "only head ") + head.method() + " " + head.target()
				+ (head.isChunked() ? " chunked" : ""));
		this.fields = head.fields().toString().replace("\r\n", "|");
		this.length = head.contentLength();
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
	public boolean isWritable() {
		return this.writable;
	}

	@Override
	public void cancel() {
		this.told.add("cancel");
	}

	@Override
	public TunnelEnd switchProtocols() {
		this.told.add("switch");
		return this.tunnel;
	}

	@Override
	public void pause() {
		this.paused = true;
	}

	@Override
	public void resume() {
		this.paused = false;
	}

}
