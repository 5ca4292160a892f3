package dev.holdfast.proxy.exchange;

import java.time.Duration;
import java.util.function.Consumer;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.ConnectListener;
import dev.holdfast.proxy.backend.ConnectionSource;
import dev.holdfast.proxy.backend.ResponseListener;
import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.Deadline;
import dev.holdfast.proxy.transport.Deadlines;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request on one instance, whose response is read and thrown away. It takes
 * part in the instance's load and not in its health: what fails because of it must not
 * fall back on those who wait for a response.
 */
final class MirroredRequest extends Deadline implements ConnectListener, ResponseListener {

	private static final int FIRST_SERVER_ERROR = 500;

	private final TrafficLoop loop;

	private final Deadlines deadlines;

	private final UpstreamInstance instance;

	private final Duration time;

	private final RoutePolicy transport;

	private final RequestHead head;

	private final byte[] body;

	private final Consumer<MirrorOutcome> end;

	private final long mark;

	private @Nullable Runnable asking;

	private @Nullable BackendStream stream;

	private int status;

	private boolean ended;

	/**
	 * Copy a request.
	 * @param loop tells the time
	 * @param request the request, whose head is still there
	 * @param instance where the copy goes
	 * @param transport how the instance's service is connected to
	 * @param body the whole body
	 * @param end hears what became of it, once
	 */
	MirroredRequest(TrafficLoop loop, ClientRequest request, UpstreamInstance instance, RoutePolicy transport,
			byte[] body, Consumer<MirrorOutcome> end) {
		this.loop = loop;
		this.deadlines = loop.deadlines();
		this.instance = instance;
		this.time = request.match().policy().times().request();
		this.transport = transport;
		this.head = new RequestHead();
		request.begin(HttpVersion.HTTP_1_1, instance, this.head);
		this.body = body;
		this.end = end;
		if (request.body() != null) {
			announceBody();
		}
		this.mark = instance.start();
	}

	/**
	 * Send the copy soon. Not at once: a defect on its way must not end the request that
	 * it is a copy of.
	 * @param connections gives a connection to the instance
	 */
	void send(ConnectionSource connections) {
		this.deadlines.set(this, this.deadlines.in(this.time.toNanos()));
		this.loop.defer(() -> connect(connections));
	}

	private void connect(ConnectionSource connections) {
		if (this.ended) {
			return;
		}
		WireProtocol protocol = WireProtocol.of(this.transport.protocol(), this.instance.origin().scheme());
		Runnable called = connections.acquire(this.instance.origin(), protocol, this.transport.security(), true, this);
		if (this.stream == null && !this.ended) {
			this.asking = called;
		}
	}

	@Override
	public void onConnected(BackendStream place) {
		if (this.ended) {
			place.cancel();
			return;
		}
		this.asking = null;
		this.stream = place;
		if (place.version() == HttpVersion.HTTP_2) {
			String authority = this.head.host();
			this.head.beginWithFields(HttpVersion.HTTP_2, this.head.method(), this.head.target());
			this.head.fields().remove(HeaderKind.HOST);
			this.head.pseudo(authority, null);
		}
		boolean hasBody = this.body.length > 0;
		this.head.frame(hasBody ? this.body.length : -1, false, hasBody);
		place.writeHead(this.head, this);
		if (hasBody && !this.ended) {
			place.write(Unpooled.wrappedBuffer(this.body));
			place.end(HeaderFields.NONE);
		}
	}

	/**
	 * Frame the body, which is here in one piece however it came.
	 */
	private void announceBody() {
		HeaderFields fields = this.head.fields();
		fields.remove(HeaderKind.CONTENT_LENGTH);
		fields.remove(HeaderKind.EXPECT);
		fields.add(HeaderKind.CONTENT_LENGTH, "content-length", Integer.toString(this.body.length));
	}

	@Override
	public void onConnectFailed(ConnectFailure reason, String explanation) {
		end(MirrorOutcome.FAILURE);
	}

	@Override
	public void onInterim(ResponseHead interim) {
		// Nobody waits for it.
	}

	@Override
	public void onHead(ResponseHead received) {
		this.status = received.status();
	}

	@Override
	public void onBody(ByteBuf data) {
		data.release();
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		end((this.status >= FIRST_SERVER_ERROR) ? MirrorOutcome.SERVER_ERROR : MirrorOutcome.SUCCESS);
	}

	@Override
	public void onFailed(BackendFailure failure) {
		end(MirrorOutcome.FAILURE);
	}

	@Override
	public void onWritable() {
		// All of it was written at once.
	}

	@Override
	protected void onDue(long now) {
		if (this.asking != null) {
			this.asking.run();
		}
		if (this.stream != null) {
			this.stream.cancel();
		}
		end(MirrorOutcome.FAILURE);
	}

	private void end(MirrorOutcome outcome) {
		if (!this.ended) {
			this.ended = true;
			this.deadlines.cancel(this);
			this.instance.end(Outcome.CANCELLED, this.mark);
			this.end.accept(outcome);
		}
	}

}
