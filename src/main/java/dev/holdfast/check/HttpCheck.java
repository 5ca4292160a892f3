package dev.holdfast.check;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.SingleUseConnections;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;

/**
 * Sends an instance an HTTP request and looks at status and body.
 */
final class HttpCheck extends RequestCheck {

	/** How much of a body is read. */
	private static final int MOST_READ = 64 * 1024;

	private final Check.Http check;

	private final BodySearch search;

	private int status;

	private int read;

	HttpCheck(TrafficLoop loop, CheckTarget target, Check.Http check, Consumer<String> done) {
		super(loop, target, done);
		this.check = check;
		this.search = new BodySearch(check.body().getBytes(StandardCharsets.UTF_8));
	}

	@Override
	Runnable connect(SingleUseConnections connections) {
		return connections.open(target().endpoint(), target().protocol(), target().transport().security(),
				target().timeout(), this);
	}

	@Override
	void send(BackendStream stream) {
		RequestHead head = head(stream.version(), this.check.method().name(), this.check.path());
		head.fields().add("Accept", "*/*");
		stream.writeHead(head, this);
	}

	@Override
	public void onHead(ResponseHead head) {
		this.status = head.status();
	}

	@Override
	public void onBody(ByteBuf data) {
		int looked = Math.min(data.readableBytes(), MOST_READ - this.read);
		this.read += looked;
		this.search.look(data, looked);
		data.release();
		if (this.read == MOST_READ) {
			judge();
		}
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		judge();
	}

	private void judge() {
		if (!this.check.statuses().contains(this.status)) {
			end("status %d (expected: %s)".formatted(this.status, this.check.statuses()));
		}
		else {
			end(this.search.hasFound() ? ""
					: "no \"%s\" in the first %d bytes of the body".formatted(this.check.body(), this.read));
		}
	}

}
