package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * An etcd for the replies that no real one gives on demand: it reads and watches keys in
 * memory, and answers wrongly where it is told to. It knows no leases and no writes but
 * those of its own methods.
 */
public final class ScriptedEtcd implements AutoCloseable {

	private static final String ADDRESS = "127.0.0.1";

	private static final long CLUSTER = 0x5c21;

	private static final int PORT_TRIES = 10;

	private final Map<String, KeyValue> keys = new TreeMap<>();

	private final List<Event> history = new ArrayList<>();

	private final List<Stream> streams = new ArrayList<>();

	private final Server server;

	private long revision = 1;

	private WatchAnswer watchAnswer = new WatchAnswer.Deliver();

	private @Nullable Status readFailure;

	private ScriptedEtcd(int port) throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
			// All calls are short, and one after the other is easier to follow.
			.directExecutor()
			// As etcd: clients may ping every five seconds.
			.permitKeepAliveTime(5, TimeUnit.SECONDS)
			.addStreamTracerFactory(new Cancellable())
			.addService(new Reads())
			.addService(new Watches())
			.build()
			.start();
	}

	/**
	 * Starts a server without keys.
	 * @return the running server, which answers as etcd does
	 */
	public static ScriptedEtcd start() {
		for (int i = 1; true; i++) {
			try {
				return new ScriptedEtcd(FreePorts.choose(ADDRESS));
			}
			catch (IOException ex) {
				if (i == PORT_TRIES) {
					throw new UncheckedIOException(ex);
				}
			}
		}
	}

	/**
	 * The URL for clients.
	 * @return an http URL without path
	 */
	public String endpoint() {
		return "http://%s:%d".formatted(ADDRESS, port());
	}

	/**
	 * The port for clients.
	 * @return the port
	 */
	public int port() {
		return this.server.getPort();
	}

	/**
	 * Writes a key, and tells the watches that deliver.
	 * @param key the key
	 * @param value its value
	 * @return the revision
	 */
	public synchronized long put(String key, String value) {
		this.revision++;
		KeyValue before = this.keys.getOrDefault(key, KeyValue.getDefaultInstance());
		KeyValue now = KeyValue.newBuilder()
			.setKey(ByteString.copyFromUtf8(key))
			.setValue(ByteString.copyFromUtf8(value))
			.setCreateRevision((before.getVersion() > 0) ? before.getCreateRevision() : this.revision)
			.setModRevision(this.revision)
			.setVersion(before.getVersion() + 1)
			.build();
		this.keys.put(key, now);
		publish(Event.newBuilder().setType(Event.EventType.PUT).setKv(now).build());
		return this.revision;
	}

	/**
	 * Deletes a key, and tells the watches that deliver.
	 * @param key the key, which exists
	 * @return the revision
	 */
	public synchronized long delete(String key) {
		KeyValue before = this.keys.remove(key);
		if (before == null) {
			throw new IllegalArgumentException("key: \"%s\" (expected: one that exists)".formatted(key));
		}
		this.revision++;
		KeyValue gone = KeyValue.newBuilder().setKey(before.getKey()).setModRevision(this.revision).build();
		publish(Event.newBuilder().setType(Event.EventType.DELETE).setKv(gone).build());
		return this.revision;
	}

	/**
	 * Answers watches in another way from now on. Those that are open end or go silent in
	 * that way; where it is a way to begin, they end with {@code UNAVAILABLE}, so that
	 * the client has to ask again.
	 * @param answer the way
	 */
	public synchronized void answerWatches(WatchAnswer answer) {
		this.watchAnswer = answer;
		List.copyOf(this.streams).forEach((stream) -> stream.end(answer));
	}

	/**
	 * Fails every read from now on.
	 * @param status the error
	 */
	public synchronized void failReads(Status status) {
		this.readFailure = status;
	}

	/**
	 * Answers reads and new watches as etcd does; watches that are open stay as they are.
	 */
	public synchronized void behave() {
		this.watchAnswer = new WatchAnswer.Deliver();
		this.readFailure = null;
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

	private void publish(Event event) {
		this.history.add(event);
		List.copyOf(this.streams).forEach((stream) -> stream.deliver(List.of(event)));
	}

	private ResponseHeader header() {
		return ResponseHeader.newBuilder()
			.setClusterId(CLUSTER)
			.setMemberId(1)
			.setRaftTerm(1)
			.setRevision(this.revision)
			.build();
	}

	private synchronized void read(RangeRequest request, StreamObserver<RangeResponse> client) {
		if (this.readFailure != null) {
			client.onError(this.readFailure.asRuntimeException());
			return;
		}
		Range range = new Range(request.getKey(), request.getRangeEnd());
		List<KeyValue> found = range.of(this.keys.values());
		long limit = (request.getLimit() > 0) ? request.getLimit() : found.size();
		RangeResponse.Builder response = RangeResponse.newBuilder()
			.setHeader(header())
			.setCount(found.size())
			.setMore(found.size() > limit);
		if (!request.getCountOnly()) {
			found.stream().limit(limit).forEach(response::addKvs);
		}
		client.onNext(response.build());
		client.onCompleted();
	}

	private record Range(ByteString from, ByteString to) {

		List<KeyValue> of(Collection<KeyValue> all) {
			return all.stream().filter((kv) -> contains(kv.getKey())).toList();
		}

		boolean contains(ByteString key) {
			var order = ByteString.unsignedLexicographicalComparator();
			return this.to.isEmpty() ? key.equals(this.from)
					: order.compare(key, this.from) >= 0 && order.compare(key, this.to) < 0;
		}

	}

	/**
	 * Makes each call one that can run out of time, because that is the only case in
	 * which gRPC's server resets a stream.
	 */
	private static final class Cancellable extends ServerStreamTracer.Factory {

		static final Context.Key<Context.CancellableContext> CALL = Context.key("call");

		@Override
		public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
			return new ServerStreamTracer() {

				@Override
				public Context filterContext(Context context) {
					Context.CancellableContext call = context.withCancellation();
					return call.withValue(CALL, call);
				}

			};
		}

	}

	private final class Reads extends KVGrpc.KVImplBase {

		@Override
		public void range(RangeRequest request, StreamObserver<RangeResponse> client) {
			read(request, client);
		}

	}

	private final class Watches extends WatchGrpc.WatchImplBase {

		@Override
		public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> client) {
			return new Stream(client, Cancellable.CALL.get());
		}

	}

	/**
	 * One client's stream with at most one watch, which is how jetcd uses streams.
	 */
	private final class Stream implements StreamObserver<WatchRequest> {

		private final StreamObserver<WatchResponse> client;

		private final Context.CancellableContext call;

		private @Nullable Range range;

		Stream(StreamObserver<WatchResponse> client, Context.CancellableContext call) {
			this.client = client;
			this.call = call;
		}

		@Override
		public void onNext(WatchRequest request) {
			synchronized (ScriptedEtcd.this) {
				if (request.hasCreateRequest()) {
					create(request.getCreateRequest());
				}
				else if (request.hasProgressRequest() && this.range != null) {
					send((response) -> response.setWatchId(-1));
				}
			}
		}

		private void create(WatchCreateRequest request) {
			WatchAnswer answer = ScriptedEtcd.this.watchAnswer;
			switch (answer) {
				case WatchAnswer.Deliver deliver -> {
					ScriptedEtcd.this.streams.add(this);
					send((response) -> response.setCreated(true));
					this.range = new Range(request.getKey(), request.getRangeEnd());
					deliver(ScriptedEtcd.this.history.stream()
						.filter((event) -> event.getKv().getModRevision() >= request.getStartRevision())
						.toList());
				}
				case WatchAnswer.Silence silence -> send((response) -> response.setCreated(true));
				case WatchAnswer.Nothing nothing -> {
				}
				case WatchAnswer.CreatedAndCancelled(String reason) ->
					send((response) -> response.setCreated(true).setCanceled(true).setCancelReason(reason));
				case WatchAnswer.Completion completion -> {
					send((response) -> response.setCreated(true));
					end(answer);
				}
				case WatchAnswer.Failure failure -> {
					send((response) -> response.setCreated(true));
					end(answer);
				}
				case WatchAnswer.Reset reset -> {
					send((response) -> response.setCreated(true));
					end(answer);
				}
			}
		}

		void deliver(List<Event> events) {
			Range watched = this.range;
			List<Event> matching = (watched == null) ? List.of()
					: events.stream().filter((event) -> watched.contains(event.getKv().getKey())).toList();
			if (!matching.isEmpty()) {
				send((response) -> response.addAllEvents(matching));
			}
		}

		private void send(Consumer<WatchResponse.Builder> content) {
			WatchResponse.Builder response = WatchResponse.newBuilder().setHeader(header());
			content.accept(response);
			this.client.onNext(response.build());
		}

		void end(WatchAnswer how) {
			forget();
			switch (how) {
				case WatchAnswer.Completion completion -> this.client.onCompleted();
				case WatchAnswer.Failure(Status status) -> this.client.onError(status.asRuntimeException());
				case WatchAnswer.Reset reset -> this.call.cancel(new TimeoutException("reset as told"));
				case WatchAnswer.Deliver deliver -> endUnavailable();
				case WatchAnswer.Silence silence -> {
					// Forgotten, it hears of nothing any more.
				}
				case WatchAnswer.Nothing nothing -> endUnavailable();
				case WatchAnswer.CreatedAndCancelled cancelled -> endUnavailable();
			}
		}

		private void endUnavailable() {
			this.client.onError(Status.UNAVAILABLE.withDescription("the watch ends as told").asRuntimeException());
		}

		@Override
		public void onError(Throwable error) {
			forget();
		}

		@Override
		public void onCompleted() {
			forget();
		}

		private void forget() {
			synchronized (ScriptedEtcd.this) {
				this.range = null;
				ScriptedEtcd.this.streams.remove(this);
			}
		}

	}

}
