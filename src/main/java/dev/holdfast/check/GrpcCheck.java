package dev.holdfast.check;

import java.util.function.Consumer;

import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.SingleUseConnections;
import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Calls {@code grpc.health.v1.Health/Check} of an instance.
 */
final class GrpcCheck extends RequestCheck {

	private static final String METHOD = "/grpc.health.v1.Health/Check";

	private static final String STATUS = "grpc-status";

	private static final int OK = 200;

	private static final String SUCCESS = "0";

	private static final String UNIMPLEMENTED = "12";

	/** More than any response of the protocol has. */
	private static final int MOST_READ = 4 * 1024;

	private final Check.Grpc check;

	private final ByteBuf message = Unpooled.buffer(16, MOST_READ);

	private @Nullable String status;

	GrpcCheck(TrafficLoop loop, CheckTarget target, Check.Grpc check, Consumer<String> done) {
		super(loop, target, done);
		this.check = check;
	}

	@Override
	Runnable connect(SingleUseConnections connections) {
		return connections.open(target().endpoint(), WireProtocol.HTTP2, target().transport().security(),
				target().timeout(), this);
	}

	@Override
	void send(BackendStream stream) {
		RequestHead head = head(stream.version(), "POST", METHOD);
		head.fields().add("content-type", "application/grpc");
		head.fields().add("te", "trailers");
		head.fields().add("grpc-timeout", target().timeout().toMillis() + "m");
		head.frame(-1, false, true);
		stream.writeHead(head, this);
		stream.write(Unpooled.wrappedBuffer(HealthMessages.request(this.check.service())));
		stream.end(HeaderFields.NONE);
	}

	@Override
	public void onHead(ResponseHead head) {
		if (head.status() != OK) {
			end("status %d (expected: %d)".formatted(head.status(), OK));
			return;
		}
		// A response without a message has it here (gRPC over HTTP/2, "Trailers-Only").
		this.status = head.fields().get(STATUS);
	}

	@Override
	public void onBody(ByteBuf data) {
		if (data.readableBytes() > this.message.maxWritableBytes()) {
			data.release();
			end("a response of more than %d bytes".formatted(MOST_READ));
			return;
		}
		this.message.writeBytes(data);
		data.release();
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		String told = trailers.get(STATUS);
		end(judge((told != null) ? told : this.status));
	}

	private String judge(@Nullable String ended) {
		return switch (ended) {
			case null -> "a response without grpc-status";
			case SUCCESS -> HealthMessages.problem(this.message);
			case UNIMPLEMENTED -> "grpc-status 12: it has no grpc.health.v1.Health";
			default -> "grpc-status " + ended;
		};
	}

}
