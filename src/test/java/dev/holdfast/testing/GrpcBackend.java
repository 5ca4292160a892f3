package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.testing.CertificateAuthority.Issued;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server of grpc-java with one service that has methods of all four shapes:
 * {@code Say} echoes, {@code Fail} fails with the status whose number it is sent and the
 * text behind it, {@code Silent} never answers, {@code Count} sends as many messages as
 * it is told, {@code Flood} sends 64 KiB each as fast as they are taken, {@code Collect}
 * joins what it is sent, {@code Chat} echoes each message. Sends the client's
 * {@code x-echo} and {@code x-echo-bin} back, as head and as trailer.
 */
public final class GrpcBackend implements AutoCloseable {

	/** The service's full name. */
	public static final String SERVICE = "holdfast.test.Echo";

	static final Metadata.Key<String> ECHO = Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER);

	static final Metadata.Key<byte[]> ECHO_BINARY = Metadata.Key.of("x-echo-bin", Metadata.BINARY_BYTE_MARSHALLER);

	static final Metadata.Key<String> AFTERWARDS = Metadata.Key.of("x-afterwards", Metadata.ASCII_STRING_MARSHALLER);

	private static final int LARGEST_MESSAGE = 64 * 1024 * 1024;

	private static final int FLOOD_SIZE = 64 * 1024;

	private final Server server;

	private final List<Metadata> heads = new CopyOnWriteArrayList<>();

	private final List<Long> deadlines = new CopyOnWriteArrayList<>();

	private final AtomicInteger cancelled = new AtomicInteger();

	private final AtomicInteger collected = new AtomicInteger();

	private final AtomicInteger flooded = new AtomicInteger();

	private GrpcBackend(String service, @Nullable Issued own) {
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(service(service))
			.intercept(new Interceptor())
			.maxInboundMessageSize(LARGEST_MESSAGE);
		if (own != null) {
			builder.useTransportSecurity(own.certificate().toFile(), own.key().toFile());
		}
		this.server = builder.build();
		try {
			this.server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts a backend on a free port.
	 * @return the running backend
	 */
	public static GrpcBackend start() {
		return start(SERVICE);
	}

	/**
	 * Starts a backend on a free port.
	 * @param service its service's full name
	 * @return the running backend
	 */
	public static GrpcBackend start(String service) {
		return new GrpcBackend(service, null);
	}

	/**
	 * Starts a backend with TLS on a free port.
	 * @param own its certificate and its key
	 * @return the running backend
	 */
	public static GrpcBackend start(Issued own) {
		return new GrpcBackend(SERVICE, own);
	}

	private ServerServiceDefinition service(String name) {
		return ServerServiceDefinition.builder(name)
			.addMethod(GrpcMethods.method(name, "Say"), ServerCalls.asyncUnaryCall(GrpcBackend::say))
			.addMethod(GrpcMethods.method(name, "Fail"), ServerCalls.asyncUnaryCall(GrpcBackend::fail))
			.addMethod(GrpcMethods.method(name, "Silent"), ServerCalls.asyncUnaryCall((request, answer) -> {
				// The client is to lose its patience.
			}))
			.addMethod(GrpcMethods.method(name, "Count"), ServerCalls.asyncServerStreamingCall(GrpcBackend::count))
			.addMethod(GrpcMethods.method(name, "Flood"), ServerCalls.asyncServerStreamingCall(this::flood))
			.addMethod(GrpcMethods.method(name, "Collect"),
					ServerCalls.asyncClientStreamingCall((answer) -> new Collecting(this.collected, answer)))
			.addMethod(GrpcMethods.method(name, "Chat"), ServerCalls.asyncBidiStreamingCall(Chatting::new))
			.build();
	}

	private static void say(String request, StreamObserver<String> answer) {
		answer.onNext(request);
		answer.onCompleted();
	}

	private static void fail(String request, StreamObserver<String> answer) {
		int space = request.indexOf(' ');
		answer.onError(Status.fromCodeValue(Integer.parseInt(request.substring(0, space)))
			.withDescription(request.substring(space + 1))
			.asException());
	}

	private static void count(String request, StreamObserver<String> answer) {
		for (int i = 1; i <= Integer.parseInt(request); i++) {
			answer.onNext(Integer.toString(i));
		}
		answer.onCompleted();
	}

	private void flood(String request, StreamObserver<String> answer) {
		ServerCallStreamObserver<String> call = (ServerCallStreamObserver<String>) answer;
		String message = "x".repeat(FLOOD_SIZE);
		call.setOnCancelHandler(() -> {
			// Counted by the interceptor.
		});
		call.setOnReadyHandler(() -> {
			while (call.isReady() && !call.isCancelled()) {
				this.flooded.incrementAndGet();
				call.onNext(message);
			}
		});
	}

	/**
	 * The port that it listens on.
	 * @return the port on the loopback address
	 */
	public int port() {
		return this.server.getPort();
	}

	/**
	 * The metadata of all calls, in their order.
	 * @return what the clients sent
	 */
	public List<Metadata> heads() {
		return this.heads;
	}

	/**
	 * How long the clients of the calls that have a deadline were to wait.
	 * @return milliseconds
	 */
	public List<Long> deadlines() {
		return this.deadlines;
	}

	/**
	 * Counts the calls that were cancelled.
	 * @return their number
	 */
	public int cancelled() {
		return this.cancelled.get();
	}

	/**
	 * Counts the messages that calls of {@code Collect} have brought.
	 * @return their number
	 */
	public int collected() {
		return this.collected.get();
	}

	/**
	 * Counts the messages that {@code Flood} has sent.
	 * @return their number, 64 KiB each
	 */
	public int flooded() {
		return this.flooded.get();
	}

	/**
	 * Stops like a careful server: takes no more calls, and ends when the last has.
	 */
	public void shutdown() {
		this.server.shutdown();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
		try {
			this.server.awaitTermination(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Joins what it is sent.
	 */
	private static final class Collecting implements StreamObserver<String> {

		private final StringBuilder text = new StringBuilder();

		private final AtomicInteger collected;

		private final StreamObserver<String> answer;

		private Collecting(AtomicInteger collected, StreamObserver<String> answer) {
			this.collected = collected;
			this.answer = answer;
		}

		@Override
		public void onNext(String message) {
			this.text.append(message);
			this.collected.incrementAndGet();
		}

		@Override
		public void onError(Throwable failure) {
			// Counted by the interceptor.
		}

		@Override
		public void onCompleted() {
			this.answer.onNext(this.text.toString());
			this.answer.onCompleted();
		}

	}

	/**
	 * Answers each message.
	 */
	private record Chatting(StreamObserver<String> answer) implements StreamObserver<String> {

		@Override
		public void onNext(String message) {
			this.answer.onNext(message);
		}

		@Override
		public void onError(Throwable failure) {
			// Counted by the interceptor.
		}

		@Override
		public void onCompleted() {
			this.answer.onCompleted();
		}

	}

	/**
	 * Writes down what the clients sent besides messages, and sends some of it back.
	 */
	private final class Interceptor implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata head,
				ServerCallHandler<Q, A> next) {
			GrpcBackend.this.heads.add(head);
			Context context = Context.current();
			if (context.getDeadline() != null) {
				GrpcBackend.this.deadlines.add(context.getDeadline().timeRemaining(TimeUnit.MILLISECONDS));
			}
			context.addListener((ended) -> {
				if (call.isCancelled()) {
					GrpcBackend.this.cancelled.incrementAndGet();
				}
			}, Runnable::run);
			return Contexts.interceptCall(context, new Echoing<>(call, head), head, next);
		}

	}

	/**
	 * Sends some of the client's metadata back.
	 *
	 * @param <Q> what it is sent
	 * @param <A> what it answers
	 */
	private static final class Echoing<Q, A> extends io.grpc.ForwardingServerCall.SimpleForwardingServerCall<Q, A> {

		private final Metadata sent;

		private Echoing(ServerCall<Q, A> call, Metadata sent) {
			super(call);
			this.sent = sent;
		}

		@Override
		public void sendHeaders(Metadata head) {
			echo(head);
			super.sendHeaders(head);
		}

		@Override
		public void close(Status status, Metadata trailers) {
			echo(trailers);
			trailers.put(AFTERWARDS, "yes");
			super.close(status, trailers);
		}

		private void echo(Metadata to) {
			String text = this.sent.get(ECHO);
			byte[] binary = this.sent.get(ECHO_BINARY);
			if (text != null) {
				to.put(ECHO, text);
			}
			if (binary != null) {
				to.put(ECHO_BINARY, binary);
			}
		}

	}

}
