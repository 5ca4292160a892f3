package dev.holdfast.registry.etcd;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.holdfast.service.Revision;
import dev.holdfast.store.StoreConnection;
import dev.holdfast.store.StoreException;
import dev.holdfast.store.StoreSignal;
import dev.holdfast.store.StoredEntry;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One jetcd client for one session. Calls block the thread that makes them, for as long
 * as {@link EtcdSettings#CALL_TIMEOUT} lets them; the watch calls back on jetcd's thread,
 * which only hands on.
 */
final class EtcdStoreConnection implements StoreConnection {

	private static final Logger logger = LoggerFactory.getLogger(EtcdStoreConnection.class);

	/** A call whose own deadline does not end it, such as one that waits for a login. */
	private static final Duration LONGEST_CALL = EtcdSettings.CALL_TIMEOUT.plusSeconds(1);

	private static final int ATTEMPTS = 2;

	private static final Duration DISCOVERY_INTERVAL = Duration.ofMinutes(5);

	private final Function<Member, EtcdDialler.Dialled> dialler;

	private final ClusterMembers members;

	private final Member member;

	private final EtcdSettings settings;

	private final PageSize pageSize;

	private final Consumer<StoreSignal> sink;

	private volatile EtcdDialler.@Nullable Dialled dialled;

	private volatile Watch.@Nullable Watcher watcher;

	private volatile boolean discovered;

	private volatile long discoveredAt = System.nanoTime();

	private volatile boolean closed;

	EtcdStoreConnection(Function<Member, EtcdDialler.Dialled> dialler, ClusterMembers members, EtcdSettings settings,
			PageSize pageSize, Consumer<StoreSignal> sink) {
		this.dialler = dialler;
		this.members = members;
		this.member = members.next();
		this.settings = settings;
		this.pageSize = pageSize;
		this.sink = sink;
	}

	@Override
	public Revision list(String prefix, Consumer<StoredEntry> reader) {
		open();
		ByteSequence end = OptionsUtil.prefixEndOf(EtcdKey.bytes(prefix));
		ByteSequence from = EtcdKey.bytes(prefix);
		Revision at = Revision.NONE;
		while (true) {
			GetResponse page = page(from, end, at);
			at = at.equals(Revision.NONE) ? revision(page) : at;
			page.getKvs().forEach((kv) -> reader.accept(read(kv)));
			if (!page.isMore() || page.getKvs().isEmpty()) {
				this.pageSize.grow();
				if (!this.discovered) {
					discover();
				}
				return at;
			}
			from = EtcdKey.successor(page.getKvs().getLast().getKey());
		}
	}

	private void open() {
		try {
			this.dialled = this.dialler.apply(this.member);
		}
		catch (RuntimeException ex) {
			throw failure("connecting", ex);
		}
	}

	/**
	 * What the cluster says its members are, where that is asked for; without an answer
	 * it stays as it is. A connection may last for as long as all of them are replaced.
	 */
	private void discover() {
		if (!this.settings.discoverMembers()) {
			return;
		}
		this.discovered = true;
		this.discoveredAt = System.nanoTime();
		try {
			this.members
				.discovered(await("listing the members", () -> client().getClusterClient().listMember()).getMembers()
					.stream()
					.filter((listed) -> !listed.isLearner())
					.flatMap((listed) -> listed.getClientURIs().stream())
					.toList());
		}
		catch (StoreException ex) {
			this.members.undiscovered(String.valueOf(ex.getMessage()));
		}
	}

	private GetResponse page(ByteSequence from, ByteSequence end, Revision at) {
		while (true) {
			int size = this.pageSize.current();
			GetOption option = GetOption.builder().withRange(end).withLimit(size).withRevision(at.number()).build();
			try {
				return await("listing", () -> client().getKVClient().get(from, option));
			}
			catch (TooLargeException ex) {
				if (!this.pageSize.shrink(size)) {
					throw ex;
				}
			}
		}
	}

	@Override
	public void watch(String prefix, long fromRevision) {
		this.watcher = connected().watch(prefix, fromRevision,
				Watch.listener(this::onNext, this::onEnd, () -> onEnd(new CancellationException("it completed"))));
	}

	private void onNext(WatchResponse response) {
		List<WatchEvent> events = response.getEvents();
		long revision = events.isEmpty() ? response.getHeader().getRevision()
				: events.getLast().getKeyValue().getModRevision();
		this.sink.accept(new StoreSignal.Delivered(revision, events.stream().map(EtcdStoreConnection::read).toList()));
	}

	private void onEnd(Throwable error) {
		if (!this.closed) {
			this.sink.accept(new StoreSignal.Failed(failure("the watch", error)));
		}
	}

	private static StoreSignal.Change read(WatchEvent event) {
		KeyValue kv = event.getKeyValue();
		return (event.getEventType() == WatchEvent.EventType.DELETE)
				? new StoreSignal.Change.Deleted(EtcdKey.text(kv.getKey()), kv.getModRevision())
				: new StoreSignal.Change.Put(read(kv));
	}

	private static StoredEntry read(KeyValue kv) {
		return new StoredEntry(EtcdKey.text(kv.getKey()), kv.getValue().getBytes(), kv.getModRevision(), kv.getLease());
	}

	@Override
	public void requestProgress() {
		Watch.Watcher running = Objects.requireNonNull(this.watcher, "nothing is watched yet");
		try {
			running.requestProgress();
		}
		catch (RuntimeException ex) {
			throw failure("asking for progress", ex);
		}
	}

	@Override
	public Revision head(String prefix) {
		GetOption option = GetOption.builder().withCountOnly(true).build();
		Revision head = revision(
				await("reading the newest revision", () -> client().getKVClient().get(EtcdKey.bytes(prefix), option)));
		if (System.nanoTime() - this.discoveredAt >= DISCOVERY_INTERVAL.toNanos()) {
			discover();
		}
		return head;
	}

	@Override
	public long grant(Duration time) {
		return await("asking for a lease", () -> client().getLeaseClient().grant(time.toSeconds())).getID();
	}

	@Override
	public boolean keepAlive(long lease) {
		try {
			await("renewing the lease", () -> client().getLeaseClient().keepAliveOnce(lease));
			return true;
		}
		catch (NotFoundException ex) {
			return false;
		}
	}

	@Override
	public void revoke(long lease) {
		try {
			await("ending the lease", () -> client().getLeaseClient().revoke(lease));
		}
		catch (NotFoundException ex) {
			logger.debug("The lease {} had ended already", lease);
		}
	}

	@Override
	public Write put(String key, byte[] value, long lease) {
		PutOption option = PutOption.builder().withLeaseId(lease).withPrevKV().build();
		PutResponse response = await("writing",
				() -> client().getKVClient().put(EtcdKey.bytes(key), ByteSequence.from(value), option));
		return new Write(revision(response).number(), true, response.hasPrevKv() ? response.getPrevKv().getLease() : 0);
	}

	@Override
	public Write delete(String key) {
		DeleteOption option = DeleteOption.builder().withPrevKV(true).build();
		DeleteResponse response = await("deleting", () -> client().getKVClient().delete(EtcdKey.bytes(key), option));
		return new Write(revision(response).number(), response.getDeleted() > 0,
				response.getPrevKvs().stream().mapToLong(KeyValue::getLease).findFirst().orElse(0));
	}

	/**
	 * Makes a call and waits for its answer. A token that has ended is replaced by jetcd
	 * at the next call, and a member that has just lost its leader answers soon again.
	 */
	private <T> T await(String what, Call<T> call) {
		boolean certain = true;
		for (int attempt = 1;; attempt++) {
			CompletableFuture<T> answer = make(what, call);
			try {
				return answer.get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (ExecutionException ex) {
				certain &= isRefusal(ex);
				if (attempt == ATTEMPTS || !isToRepeat(ex)) {
					throw failure(what, ex.getCause(), certain);
				}
			}
			catch (TimeoutException ex) {
				answer.cancel(true);
				throw new StoreException("%s at %s failed: no answer in time".formatted(what, place()), false);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new StoreException("%s at %s was interrupted".formatted(what, place()), false);
			}
		}
	}

	/** A client that was closed meanwhile throws. */
	private <T> CompletableFuture<T> make(String what, Call<T> call) {
		try {
			return call.make();
		}
		catch (RuntimeException ex) {
			throw failure(what, ex);
		}
	}

	private boolean isToRepeat(Throwable error) {
		return !this.closed && (EtcdErrors.isTokenEnded(error) || EtcdErrors.code(error) == Status.Code.UNAVAILABLE);
	}

	/** Otherwise etcd may have done it, although it answers that it has not. */
	private static boolean isRefusal(Throwable error) {
		return EtcdErrors.isTokenEnded(error) || EtcdErrors.isDenied(error) || switch (EtcdErrors.code(error)) {
			case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE, RESOURCE_EXHAUSTED -> true;
			default -> false;
		};
	}

	private StoreException failure(String what, @Nullable Throwable error) {
		return failure(what, error, false);
	}

	private StoreException failure(String what, @Nullable Throwable error, boolean refused) {
		Throwable cause = (error != null) ? error : new CancellationException("no reason given");
		String reason = EtcdErrors.describe(cause, this.settings.credentials().map(Credentials::username));
		String message = "%s at %s failed: %s".formatted(what, place(), reason);
		if (EtcdErrors.code(cause) == Status.Code.NOT_FOUND) {
			return new NotFoundException(message, refused);
		}
		if (EtcdErrors.code(cause) == Status.Code.OUT_OF_RANGE) {
			return StoreException.compacted(message);
		}
		return (EtcdErrors.code(cause) == Status.Code.RESOURCE_EXHAUSTED) ? new TooLargeException(message, refused)
				: new StoreException(message, EtcdErrors.isDenied(cause), refused);
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

	/**
	 * Ends this connection.
	 */
	void giveUp(String message) {
		if (!this.closed) {
			this.sink.accept(new StoreSignal.Failed(new StoreException(message, false)));
		}
	}

	@Override
	public void close() {
		this.closed = true;
		Watch.Watcher watching = this.watcher;
		EtcdDialler.Dialled now = this.dialled;
		if (now != null) {
			now.close((watching != null) ? List.of(watching) : List.of());
		}
	}

	private static Revision revision(Response response) {
		return new Revision(response.getHeader().getClusterId(), response.getHeader().getRevision());
	}

	/**
	 * A call of jetcd's.
	 */
	@FunctionalInterface
	private interface Call<T> {

		CompletableFuture<T> make();

	}

	/** What was named is not there. */
	private static final class NotFoundException extends StoreException {

		private static final long serialVersionUID = 1L;

		NotFoundException(String message, boolean refused) {
			super(message, false, refused);
		}

	}

	/** A page of a list was larger than something on its way lets through. */
	private static final class TooLargeException extends StoreException {

		private static final long serialVersionUID = 1L;

		TooLargeException(String message, boolean refused) {
			super(message, false, refused);
		}

	}

}
