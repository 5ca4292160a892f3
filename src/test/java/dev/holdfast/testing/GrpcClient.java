package dev.holdfast.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A client of {@link GrpcBackend} by grpc-java.
 */
public final class GrpcClient implements AutoCloseable {

	private static final int LARGEST_MESSAGE = 64 * 1024 * 1024;

	private static final long PATIENCE_SECONDS = Patience.TIME.toSeconds();

	private final ManagedChannel channel;

	private final String service;

	/**
	 * Prepares a client in clear text.
	 * @param port the port on this machine
	 */
	public GrpcClient(int port) {
		this(port, GrpcBackend.SERVICE);
	}

	/**
	 * Prepares a client in clear text.
	 * @param port the port on this machine
	 * @param service the service's full name
	 */
	public GrpcClient(int port, String service) {
		this(NettyChannelBuilder.forAddress("127.0.0.1", port)
			.usePlaintext()
			.maxInboundMessageSize(LARGEST_MESSAGE)
			.disableRetry()
			.build(), service);
	}

	/**
	 * Uses a channel, which it will close.
	 * @param channel the channel
	 * @param service the service's full name
	 */
	public GrpcClient(ManagedChannel channel, String service) {
		this.channel = channel;
		this.service = service;
	}

	/**
	 * Begins a call, and takes as many messages as come.
	 * @param method the method's name
	 * @return the call
	 */
	public Call call(String method) {
		return call(method, CallOptions.DEFAULT, new Metadata(), true);
	}

	/**
	 * Begins a call.
	 * @param method the method's name
	 * @param options a deadline, for example
	 * @param head what is sent besides messages
	 * @param eager whether as many messages are taken as come, rather than
	 * {@link Call#request asked for}
	 * @return the call
	 */
	public Call call(String method, CallOptions options, Metadata head, boolean eager) {
		Call call = new Call(this.channel.newCall(GrpcMethods.method(this.service, method), options), eager);
		call.start(head);
		return call;
	}

	/**
	 * Makes a call with one message.
	 * @param method the method's name
	 * @param message the message
	 * @return how it ended, with all messages
	 */
	public Result send(String method, String message) {
		return call(method).send(message).halfClose().result();
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		try {
			this.channel.awaitTermination(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * How a call ended.
	 *
	 * @param status the status
	 * @param messages the messages that were not taken one by one
	 * @param head what came before the messages
	 * @param trailers what came after them
	 */
	public record Result(Status status, List<String> messages, Metadata head, Metadata trailers) {

		/**
		 * Gives a trailer, or a field of the head when there is nothing else.
		 * @param name the field's name
		 * @return the value, empty when there is none
		 */
		public String trailer(String name) {
			String value = this.trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
			return (value != null) ? value : "";
		}

	}

	/**
	 * A call that is running.
	 */
	public static final class Call {

		private final ClientCall<String, String> call;

		private final BlockingQueue<Optional<String>> messages = new LinkedBlockingQueue<>();

		private final boolean eager;

		private volatile Metadata head = new Metadata();

		private volatile @Nullable Status status;

		private volatile Metadata trailers = new Metadata();

		private Call(ClientCall<String, String> call, boolean eager) {
			this.call = call;
			this.eager = eager;
		}

		private void start(Metadata head) {
			this.call.start(new Listener(), head);
			this.call.request(1);
		}

		/**
		 * Sends a message.
		 * @param message the message
		 * @return this
		 */
		public Call send(String message) {
			this.call.sendMessage(message);
			return this;
		}

		/**
		 * Whether the next message would be sent at once.
		 * @return whether it would
		 */
		public boolean isReady() {
			return this.call.isReady();
		}

		/**
		 * Sends no more.
		 * @return this
		 */
		public Call halfClose() {
			this.call.halfClose();
			return this;
		}

		/**
		 * Gives up.
		 */
		public void cancel() {
			this.call.cancel("no longer wanted", null);
		}

		/**
		 * Asks for more messages.
		 * @param count how many
		 */
		public void request(int count) {
			this.call.request(count);
		}

		/**
		 * Takes the next message.
		 * @return the message
		 * @throws IllegalStateException if the call ended instead, or nothing came
		 */
		public String next() {
			return take().orElseThrow(() -> new IllegalStateException("call ended: " + this.status));
		}

		private Optional<String> take() {
			try {
				Optional<String> next = this.messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
				if (next == null) {
					throw new IllegalStateException("neither message nor end within %d s".formatted(PATIENCE_SECONDS));
				}
				return next;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

		/**
		 * Waits for the end.
		 * @return how it ended
		 * @throws IllegalStateException if it does not end
		 */
		public Result result() {
			List<String> rest = new ArrayList<>();
			for (Optional<String> next = take(); next.isPresent(); next = take()) {
				rest.add(next.get());
			}
			Status ended = this.status;
			return new Result((ended != null) ? ended : Status.UNKNOWN, rest, this.head, this.trailers);
		}

		/**
		 * Keeps what comes.
		 */
		private final class Listener extends ClientCall.Listener<String> {

			@Override
			public void onHeaders(Metadata headers) {
				Call.this.head = headers;
			}

			@Override
			public void onMessage(String message) {
				Call.this.messages.add(Optional.of(message));
				if (Call.this.eager) {
					Call.this.call.request(1);
				}
			}

			@Override
			public void onClose(Status ended, Metadata fields) {
				Call.this.status = ended;
				Call.this.trailers = fields;
				Call.this.messages.add(Optional.empty());
			}

		}

	}

}
