package dev.holdfast.registry.etcd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.format.RawRecord;
import dev.holdfast.service.Reading;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Revision;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.retry.support.RetryTemplate;

/**
 * One jetcd client for one generation. Unary calls run on virtual threads of their own;
 * watches call back on jetcd's thread, which only enqueues.
 */
final class EtcdConnection implements RegistryConnection {

	private static final Logger logger = LoggerFactory.getLogger(EtcdConnection.class);

	/** Records a page: well below etcd's limits on a response, few enough to be quick. */
	private static final int PAGE_SIZE = 2_000;

	/** Lists that a compaction overtook before they give up. */
	private static final int LIST_ATTEMPTS = 3;

	private static final RetryTemplate UNARY_RETRIES = RetryTemplate.builder()
		.maxAttempts(5)
		.exponentialBackoff(500, 2, 4_000, true)
		.retryOn(EtcdConnection::isPassing)
		.build();

	/** The reconnect loop is the retry of a connection's first call. */
	private static final RetryTemplate ONCE = RetryTemplate.builder().maxAttempts(1).build();

	private final Client client;

	private final List<EtcdPrefix> prefixes;

	private final Members members;

	private final int member;

	private final Consumer<Signal> sink;

	private final List<Watch.Watcher> watchers = new ArrayList<>();

	private volatile boolean reached;

	private volatile boolean closed;

	EtcdConnection(Client client, List<EtcdPrefix> prefixes, Members members, int member, Consumer<Signal> sink) {
		this.client = client;
		this.prefixes = prefixes;
		this.members = members;
		this.member = member;
		this.sink = sink;
	}

	@Override
	public void readHead() {
		inBackground("read-failed", "reading the newest revision", () -> new Signal.Head(revision(head())));
	}

	@Override
	public void list() {
		inBackground("list-failed", "listing", this::listAll);
	}

	private void inBackground(String cause, String what, Call<Signal> call) {
		Thread.ofVirtual().name("etcd-" + cause).start(() -> {
			try {
				this.sink.accept(call.run());
			}
			catch (Throwable ex) {
				// Whatever it is, the generation must hear of it rather than wait.
				fail(cause, what, ex);
			}
		});
	}

	/** Linearizable, and of no key, so that it costs etcd next to nothing. */
	private GetResponse head() {
		return get(bytes(this.prefixes.getFirst().prefix()), GetOption.builder().withCountOnly(true).build());
	}

	private Signal listAll() {
		for (int attempt = 1;; attempt++) {
			try {
				return listOnce();
			}
			catch (CompletionException ex) {
				if (attempt == LIST_ATTEMPTS || !isCompacted(ex)) {
					throw ex;
				}
			}
		}
	}

	private Signal listOnce() {
		List<RegistryRecord> records = new ArrayList<>();
		Revision at = Revision.NONE;
		for (EtcdPrefix prefix : this.prefixes) {
			ByteSequence end = OptionsUtil.prefixEndOf(bytes(prefix.prefix()));
			ByteSequence from = bytes(prefix.prefix());
			boolean more = true;
			while (more) {
				GetResponse page = get(from,
						GetOption.builder()
							.withRange(end)
							.withLimit(PAGE_SIZE)
							.withRevision(at.number())
							.withSortField(GetOption.SortTarget.KEY)
							.withSortOrder(GetOption.SortOrder.ASCEND)
							.build());
				at = at.equals(Revision.NONE) ? revision(page) : at;
				page.getKvs().forEach((kv) -> records.add(read(prefix, kv, Origin.LIST)));
				more = page.isMore() && !page.getKvs().isEmpty();
				from = more ? successor(page.getKvs().getLast().getKey()) : from;
			}
		}
		return new Signal.Listed(at, records);
	}

	@Override
	public void readLease(long id) {
		inBackground("lease-failed", "reading a lease", () -> new Signal.Lease(id, granted(id)));
	}

	private Optional<Duration> granted(long id) {
		try {
			LeaseTimeToLiveResponse lease = ask(
					() -> this.client.getLeaseClient().timeToLive(id, LeaseOption.DEFAULT).join());
			return (lease.getTTL() > 0) ? Optional.of(Duration.ofSeconds(lease.getGrantedTTL())) : Optional.empty();
		}
		catch (CompletionException ex) {
			// Only a cluster that cannot be reached ends the generation: one that refuses
			// to tell leaves the lease unknown.
			if (isPassing(ex)) {
				throw ex;
			}
			return Optional.empty();
		}
	}

	private GetResponse get(ByteSequence key, GetOption option) {
		return ask(() -> this.client.getKVClient().get(key, option).join());
	}

	private <T> T ask(Supplier<T> call) {
		RetryTemplate retries = this.reached ? UNARY_RETRIES : ONCE;
		T response = retries.execute((context) -> {
			if (this.closed) {
				throw new CancellationException("the connection is closed");
			}
			return call.get();
		});
		this.reached = true;
		this.members.answered(this.member);
		return response;
	}

	@Override
	public int watch(long fromRevision) {
		for (EtcdPrefix prefix : this.prefixes) {
			int number = this.watchers.size();
			WatchOption option = WatchOption.builder()
				.isPrefix(true)
				.withRevision(fromRevision)
				.withPrevKV(true)
				.withRequireLeader(true)
				.build();
			this.watchers.add(this.client.getWatchClient()
				.watch(bytes(prefix.prefix()), option,
						Watch.listener((response) -> onNext(number, prefix, response),
								(error) -> fail("watch-error", "the watch", error),
								() -> fail("watch-ended", "the watch", new CancellationException("it completed")))));
		}
		return this.watchers.size();
	}

	private void onNext(int number, EtcdPrefix prefix, WatchResponse response) {
		long received = System.nanoTime();
		List<WatchEvent> events = response.getEvents();
		long revision = events.isEmpty() ? response.getHeader().getRevision()
				: events.getLast().getKeyValue().getModRevision();
		this.sink.accept(new Signal.Delivered(number, revision,
				() -> events.stream().map((event) -> read(prefix, event)).toList(), received));
	}

	private static RecordEvent read(EtcdPrefix prefix, WatchEvent event) {
		KeyValue kv = event.getKeyValue();
		return (event.getEventType() == WatchEvent.EventType.DELETE)
				? new RecordEvent.Deleted(EtcdKey.text(kv.getKey()), kv.getModRevision(), event.getPrevKV().getLease())
				: new RecordEvent.Put(read(prefix, kv, Origin.WATCH));
	}

	private static RegistryRecord read(EtcdPrefix prefix, KeyValue kv, Origin origin) {
		String key = EtcdKey.text(kv.getKey());
		Reading reading = !EtcdKey.isText(kv.getKey())
				? new Reading.Unreadable("key: \"%s\" (expected: text in UTF-8)".formatted(key))
				: prefix.reader()
					.read(new RawRecord(key, kv.getValue().getBytes(), kv.getCreateRevision(), kv.getModRevision(),
							kv.getLease(), origin));
		return new RegistryRecord(key, kv.getModRevision(), reading);
	}

	@Override
	public void requestProgress() {
		try {
			this.watchers.forEach(Watch.Watcher::requestProgress);
		}
		catch (RuntimeException ex) {
			fail("watch-error", "asking for progress", ex);
		}
	}

	private void fail(String cause, String what, Throwable error) {
		if (this.closed) {
			return;
		}
		String reason = EtcdErrors.describe(error);
		String message = "%s at %s failed: %s".formatted(what, this.members.url(this.member), reason);
		this.members.failed(this.member, reason);
		this.sink.accept(new Signal.Failed(cause, message));
	}

	@Override
	public void close() {
		this.closed = true;
		try {
			this.client.close();
		}
		catch (RuntimeException ex) {
			logger.debug("Closing the client on {} failed; it is dropped as it is", this.members.url(this.member), ex);
		}
	}

	private static boolean isPassing(Throwable error) {
		return switch (EtcdErrors.code(error)) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, ABORTED -> true;
			default -> false;
		};
	}

	private static boolean isCompacted(Throwable error) {
		return EtcdErrors.code(error) == Status.Code.OUT_OF_RANGE;
	}

	private static Revision revision(Response response) {
		return new Revision(response.getHeader().getClusterId(), response.getHeader().getRevision());
	}

	private static ByteSequence successor(ByteSequence key) {
		return key.concat(ByteSequence.from(new byte[] { 0 }));
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@FunctionalInterface
	private interface Call<T> {

		T run() throws Exception;

	}

}
