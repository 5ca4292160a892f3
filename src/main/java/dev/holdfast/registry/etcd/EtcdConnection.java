package dev.holdfast.registry.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.format.RawRecord;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Revision;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.retry.support.RetryTemplate;

/**
 * One jetcd client for one generation. Unary calls run on virtual threads of their own;
 * watches call back on jetcd's thread, which only enqueues.
 */
final class EtcdConnection implements RegistryConnection {

	private static final Logger logger = LoggerFactory.getLogger(EtcdConnection.class);

	/** Lists that a compaction overtook before they give up. */
	private static final int LIST_ATTEMPTS = 3;

	private static final RetryTemplate UNARY_RETRIES = RetryTemplate.builder()
		.maxAttempts(5)
		.exponentialBackoff(500, 2, 4_000, true)
		.retryOn((error) -> isPassing(error) || EtcdErrors.isTokenEnded(error))
		.build();

	/** A page that was too large for its time is asked for again as a smaller one. */
	private static final RetryTemplate PAGE_RETRIES = RetryTemplate.builder()
		.maxAttempts(5)
		.exponentialBackoff(500, 2, 4_000, true)
		.retryOn((error) -> (isPassing(error) && !EtcdErrors.isTooLarge(error)) || EtcdErrors.isTokenEnded(error))
		.build();

	/** The reconnect loop is the retry of a connection's first call. */
	private static final RetryTemplate ONCE = RetryTemplate.builder().maxAttempts(1).build();

	private final Function<Member, EtcdDialler.Dialled> dialler;

	private final EtcdSettings settings;

	private final EtcdSource.Limits limits;

	private final PageSize pageSize;

	private final ClusterMembers members;

	private final Member member;

	private final Consumer<Signal> sink;

	private final List<Watch.Watcher> watchers = new ArrayList<>();

	private volatile EtcdDialler.@Nullable Dialled dialled;

	private volatile long alarmsAskedAt = System.nanoTime();

	private volatile boolean reached;

	private volatile boolean closed;

	EtcdConnection(Function<Member, EtcdDialler.Dialled> dialler, EtcdSettings settings, EtcdSource.Limits limits,
			PageSize pageSize, ClusterMembers members, Consumer<Signal> sink) {
		this.dialler = dialler;
		this.settings = settings;
		this.limits = limits;
		this.pageSize = pageSize;
		this.members = members;
		this.member = members.next();
		this.sink = sink;
	}

	@Override
	public void readHead() {
		inBackground(EndCause.READ_FAILED, "reading the newest revision", () -> {
			this.sink.accept(new Signal.Head(revision(head())));
			if (System.nanoTime() - this.alarmsAskedAt >= this.limits.alarmInterval().toNanos()) {
				readAlarms();
			}
		});
	}

	@Override
	public void list() {
		inBackground(EndCause.LIST_FAILED, "listing", () -> {
			open();
			this.sink.accept(listAll());
			identifyMembers();
			readAlarms();
			if (this.settings.discoverMembers()) {
				discover();
			}
		});
	}

	private void inBackground(EndCause cause, String what, Runnable call) {
		Thread.ofVirtual().name("etcd-call").start(() -> {
			try {
				call.run();
			}
			catch (Throwable ex) {
				// Whatever it is, the generation must hear of it rather than wait.
				fail(cause, what, ex);
			}
		});
	}

	/**
	 * The first list does it: names are looked up and certificates read, which may take a
	 * while.
	 */
	private void open() {
		if (this.dialled == null) {
			this.dialled = this.dialler.apply(this.member);
		}
		if (this.closed) {
			close();
			throw new CancellationException("the connection is closed");
		}
	}

	private EtcdDialler.Dialled connected() {
		return Objects.requireNonNull(this.dialled, "nothing was listed yet");
	}

	private Client client() {
		return connected().client();
	}

	private String place() {
		EtcdDialler.Dialled now = this.dialled;
		return (now != null) ? now.place() : this.member.url().toString();
	}

	/** Linearizable, and of no key, so that it costs etcd next to nothing. */
	private GetResponse head() {
		ByteSequence key = EtcdKey.bytes(this.settings.prefixes().getFirst().prefix());
		GetOption option = GetOption.builder().withCountOnly(true).build();
		return ask(UNARY_RETRIES, () -> client().getKVClient().get(key, option).join());
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
		for (EtcdPrefix prefix : this.settings.prefixes()) {
			ByteSequence end = OptionsUtil.prefixEndOf(EtcdKey.bytes(prefix.prefix()));
			ByteSequence from = EtcdKey.bytes(prefix.prefix());
			boolean more = true;
			while (more) {
				GetResponse page = page(from, end, at);
				at = at.equals(Revision.NONE) ? revision(page) : at;
				page.getKvs().forEach((kv) -> records.add(read(prefix, kv, Origin.LIST)));
				more = page.isMore() && !page.getKvs().isEmpty();
				from = more ? EtcdKey.successor(page.getKvs().getLast().getKey()) : from;
			}
		}
		this.pageSize.grow();
		return new Signal.Listed(at, records);
	}

	private GetResponse page(ByteSequence from, ByteSequence end, Revision at) {
		while (true) {
			int size = this.pageSize.current();
			// By key without being asked; a list that asks for an order makes etcd read
			// all
			// that is left for each page, and then cut it (applierV3backend.Range).
			GetOption option = GetOption.builder().withRange(end).withLimit(size).withRevision(at.number()).build();
			try {
				return ask(PAGE_RETRIES, () -> client().getKVClient().get(from, option).join());
			}
			catch (CompletionException ex) {
				// A member that has not answered yet may just as well be hung: the next
				// one is asked then, by smaller pages.
				if (!EtcdErrors.isTooLarge(ex) || !this.pageSize.shrink(size) || !isReached(ex)) {
					throw ex;
				}
			}
		}
	}

	private boolean isReached(CompletionException error) {
		return this.reached || EtcdErrors.code(error) == Status.Code.RESOURCE_EXHAUSTED;
	}

	/**
	 * A cluster that is full answers everything but writes, so the gateway notices
	 * nothing, and yet nothing registers any more. Asked for after a list and with some
	 * of the proofs, not with each: a question goes through the cluster's log.
	 */
	private void readAlarms() {
		this.alarmsAskedAt = System.nanoTime();
		try {
			this.members
				.alarms(ask(UNARY_RETRIES, () -> client().getMaintenanceClient().listAlarms().join()).getAlarms()
					.stream()
					.collect(Collectors.groupingBy(AlarmMember::getMemberId, Collectors
						.mapping((alarm) -> alarm.getAlarmType().name(), Collectors.toCollection(TreeSet::new)))));
		}
		catch (CompletionException | CancellationException ex) {
			logger.debug("{} does not tell its alarms: {}", place(), describe(ex));
		}
	}

	/**
	 * Each member says itself which version it runs; one that does not answer keeps what
	 * it said last.
	 */
	private void identifyMembers() {
		for (Member one : this.members.all()) {
			if (this.closed) {
				return;
			}
			try {
				StatusResponse status = client().getMaintenanceClient()
					.statusMember(EtcdDialler.target(one.url().getRawAuthority()))
					.join();
				one.identified(status.getHeader().getMemberId(), PrintableText.of(status.getVersion()));
			}
			catch (RuntimeException ex) {
				// Also what a client throws that is being closed meanwhile.
				logger.debug("{} does not tell its version: {}", one.url(), describe(ex));
			}
		}
	}

	/** What the cluster says its members are; without an answer it stays as it is. */
	private void discover() {
		try {
			this.members
				.discovered(ask(UNARY_RETRIES, () -> client().getClusterClient().listMember().join()).getMembers()
					.stream()
					.filter((listed) -> !listed.isLearner())
					.flatMap((listed) -> listed.getClientURIs().stream())
					.toList());
		}
		catch (CompletionException | CancellationException ex) {
			if (!this.closed) {
				this.members.undiscovered(describe(ex));
			}
		}
	}

	@Override
	public void readLease(long id) {
		inBackground(EndCause.LEASE_FAILED, "reading a lease",
				() -> this.sink.accept(new Signal.Lease(id, granted(id))));
	}

	private Optional<Duration> granted(long id) {
		try {
			LeaseTimeToLiveResponse lease = ask(UNARY_RETRIES,
					() -> client().getLeaseClient().timeToLive(id, LeaseOption.DEFAULT).join());
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

	private <T> T ask(RetryTemplate patience, Supplier<T> call) {
		RetryTemplate retries = this.reached ? patience : ONCE;
		T response = retries.execute((context) -> {
			if (this.closed) {
				throw new CancellationException("the connection is closed");
			}
			return call.get();
		});
		this.reached = true;
		this.member.answered();
		return response;
	}

	@Override
	public int watch(long fromRevision) {
		for (EtcdPrefix prefix : this.settings.prefixes()) {
			int number = this.watchers.size();
			this.watchers.add(connected().watch(prefix.prefix(), fromRevision,
					Watch.listener((response) -> onNext(number, prefix, response),
							(error) -> fail(EndCause.WATCH_ERROR, "the watch", error),
							() -> fail(EndCause.WATCH_ENDED, "the watch", new CancellationException("it completed")))));
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
				? new RecordEvent.Deleted(EtcdKey.text(kv.getKey()), kv.getModRevision())
				: new RecordEvent.Put(read(prefix, kv, Origin.WATCH));
	}

	private static RegistryRecord read(EtcdPrefix prefix, KeyValue kv, Origin origin) {
		String key = EtcdKey.text(kv.getKey());
		ParsedRecord parsed = !EtcdKey.isText(kv.getKey())
				? new ParsedRecord.Unreadable("key: \"%s\" (expected: text in UTF-8)".formatted(key))
				: prefix.reader()
					.read(new RawRecord(key, kv.getValue().getBytes(), kv.getCreateRevision(), kv.getModRevision(),
							kv.getLease(), origin));
		return new RegistryRecord(key, kv.getModRevision(), kv.getLease(), parsed);
	}

	@Override
	public void requestProgress() {
		try {
			this.watchers.forEach(Watch.Watcher::requestProgress);
		}
		catch (RuntimeException ex) {
			fail(EndCause.WATCH_ERROR, "asking for progress", ex);
		}
	}

	private void fail(EndCause cause, String what, Throwable error) {
		if (this.closed) {
			return;
		}
		String reason = describe(error);
		this.member.failed(reason);
		giveUp(cause, "%s at %s failed: %s".formatted(what, place(), reason));
	}

	private String describe(Throwable error) {
		return EtcdErrors.describe(error, this.settings.credentials().map(Credentials::username));
	}

	/**
	 * Ends this connection.
	 */
	void giveUp(EndCause cause, String message) {
		if (!this.closed) {
			this.sink.accept(new Signal.Failed(cause, message));
		}
	}

	@Override
	public void close() {
		this.closed = true;
		EtcdDialler.Dialled now = this.dialled;
		if (now != null) {
			now.close(this.watchers);
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

}
