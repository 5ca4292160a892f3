package dev.holdfast.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.grpc.Status;

/**
 * Writes keys into etcd for tests, and waits for etcd's answer to each.
 */
public final class EtcdKeys implements AutoCloseable {

	private static final int TRIES = 6;

	/** How many writes are under way at once, of which none may wait for long. */
	private static final int AT_ONCE = 100;

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final String endpoints;

	private final UnaryOperator<ClientBuilder> settings;

	private Client client;

	/**
	 * Creates a writer.
	 * @param endpoint the URL of the etcd
	 */
	public EtcdKeys(String endpoint) {
		this(List.of(endpoint), UnaryOperator.identity());
	}

	/**
	 * Creates a writer.
	 * @param endpoints the URLs of the members
	 * @param settings what else the client needs, such as a password or certificates
	 */
	public EtcdKeys(List<String> endpoints, UnaryOperator<ClientBuilder> settings) {
		this.endpoints = String.join(",", endpoints);
		this.settings = settings;
		this.client = connect();
	}

	/**
	 * Writes a key.
	 * @param key the key
	 * @param value its value
	 * @return the revision
	 */
	public long put(String key, String value) {
		return put(key, value, 0);
	}

	/**
	 * Writes a key that lives as long as a lease.
	 * @param key the key
	 * @param value its value
	 * @param lease the lease's id, 0 for none
	 * @return the revision
	 */
	public long put(String key, String value, long lease) {
		PutOption option = PutOption.builder().withLeaseId(lease).build();
		return ask((etcd) -> etcd.getKVClient().put(bytes(key), bytes(value), option)).getHeader().getRevision();
	}

	/**
	 * Writes a key once, however often etcd has to be asked: what a member that did not
	 * answer in time was asked for may be done long after, when the key has been deleted.
	 * @param key the key
	 * @param value its value
	 */
	public void putOnce(String key, String value) {
		ByteSequence token = bytes("/once/" + UUID.randomUUID());
		Op[] puts = { Op.put(token, ByteSequence.EMPTY, PutOption.DEFAULT),
				Op.put(bytes(key), bytes(value), PutOption.DEFAULT) };
		ask((etcd) -> etcd.getKVClient()
			.txn()
			.If(new Cmp(token, Cmp.Op.EQUAL, CmpTarget.version(0)))
			.Then(puts)
			.commit());
	}

	/**
	 * Writes keys in one transaction.
	 * @param values the values by their keys, at most 128
	 * @return the revision
	 */
	public long putAll(Map<String, String> values) {
		Op[] puts = values.entrySet()
			.stream()
			.map((entry) -> Op.put(bytes(entry.getKey()), bytes(entry.getValue()), PutOption.DEFAULT))
			.toArray(Op[]::new);
		return ask((etcd) -> etcd.getKVClient().txn().Then(puts).commit()).getHeader().getRevision();
	}

	/**
	 * Writes keys, each in a revision of its own, without waiting for one before the
	 * next.
	 * @param values the values by their keys
	 */
	public void putEach(Map<String, String> values) {
		List<Map.Entry<String, String>> all = List.copyOf(values.entrySet());
		for (int i = 0; i < all.size(); i += AT_ONCE) {
			List<Map.Entry<String, String>> some = all.subList(i, Math.min(all.size(), i + AT_ONCE));
			ask((etcd) -> CompletableFuture.allOf(some.stream()
				.map((entry) -> etcd.getKVClient().put(bytes(entry.getKey()), bytes(entry.getValue())))
				.toArray(CompletableFuture<?>[]::new)));
		}
	}

	/**
	 * Reads a key.
	 * @param key the key
	 * @return its value, empty when there is no such key
	 */
	public Optional<String> get(String key) {
		GetResponse response = ask((etcd) -> etcd.getKVClient().get(bytes(key)));
		return response.getKvs().stream().map(KeyValue::getValue).map(ByteSequence::toString).findFirst();
	}

	/**
	 * Finds the lease that a key hangs on.
	 * @param key the key
	 * @return the lease's id, 0 when there is no such key or no lease
	 */
	public long leaseOf(String key) {
		GetResponse response = ask((etcd) -> etcd.getKVClient().get(bytes(key)));
		return response.getKvs().stream().mapToLong(KeyValue::getLease).findFirst().orElse(0);
	}

	/**
	 * Deletes a key.
	 * @param key the key
	 * @return the revision
	 */
	public long delete(String key) {
		return ask((etcd) -> etcd.getKVClient().delete(bytes(key))).getHeader().getRevision();
	}

	/**
	 * Deletes all keys that begin with a prefix.
	 * @param prefix the prefix
	 * @return how many they were
	 */
	public long deletePrefix(String prefix) {
		DeleteOption option = DeleteOption.builder().isPrefix(true).build();
		return ask((etcd) -> etcd.getKVClient().delete(bytes(prefix), option)).getDeleted();
	}

	/**
	 * Grants a lease that nobody keeps alive.
	 * @param ttl how long it lives, in whole seconds; etcd may make it longer
	 * @return its id
	 */
	public long grant(Duration ttl) {
		return ask((etcd) -> etcd.getLeaseClient().grant(ttl.toSeconds())).getID();
	}

	/**
	 * Gives a lease its full time again.
	 * @param lease its id
	 */
	public void keepAlive(long lease) {
		ask((etcd) -> etcd.getLeaseClient().keepAliveOnce(lease));
	}

	/**
	 * Ends a lease, and with it all keys that hang on it.
	 * @param lease its id
	 */
	public void revoke(long lease) {
		ask((etcd) -> etcd.getLeaseClient().revoke(lease));
	}

	/**
	 * Forgets the history before a revision.
	 * @param revision the oldest revision that is kept
	 */
	public void compact(long revision) {
		ask((etcd) -> etcd.getKVClient().compact(revision));
	}

	/**
	 * Gives etcd one user who may do everything, and makes it ask for passwords; this
	 * client, which has none, can do nothing after that.
	 * @param user the user's name; etcd insists on {@code root}
	 * @param password the password
	 */
	public void enableAuthentication(String user, String password) {
		ask((client) -> client.getAuthClient().userAdd(bytes(user), bytes(password)));
		ask((client) -> client.getAuthClient().roleAdd(bytes(user)));
		ask((client) -> client.getAuthClient().userGrantRole(bytes(user), bytes(user)));
		ask((client) -> client.getAuthClient().authEnable());
	}

	/**
	 * Asks etcd by jetcd for what has no method here, and waits for the answer.
	 * @param call the call
	 * @param <T> the type of the answer
	 * @return the answer
	 * @throws IllegalStateException if etcd refuses, or does not answer
	 */
	public <T> T call(Function<Client, CompletableFuture<T>> call) {
		return ask(call);
	}

	@Override
	public void close() {
		this.client.close();
	}

	// After an outage the client's own backoff may be minutes long, so a call that is not
	// answered soon is asked again by a new client; and so is one whose token, which may
	// live for seconds, had ended before it was used. One that a member without a leader
	// refuses is asked again by the same.
	private synchronized <T> T ask(Function<Client, CompletableFuture<T>> call) {
		for (int i = 1; true; i++) {
			try {
				return call.apply(this.client).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				if (i == TRIES) {
					throw new IllegalStateException(this.endpoints + " does not answer", ex);
				}
				renew();
			}
			catch (ExecutionException ex) {
				boolean ended = ex.getCause() instanceof EtcdException refusal
						&& refusal.getErrorCode() == ErrorCode.UNAUTHENTICATED;
				if (i == TRIES || !(ended || Status.fromThrowable(ex).getCode() == Status.Code.UNAVAILABLE)) {
					throw new IllegalStateException(this.endpoints + " refuses: " + ex.getCause(), ex);
				}
				if (ended) {
					renew();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("interrupted while waiting for " + this.endpoints, ex);
			}
		}
	}

	private void renew() {
		this.client.close();
		this.client = connect();
	}

	private Client connect() {
		return this.settings
			.apply(Client.builder().endpoints(this.endpoints.split(",")).connectTimeout(Duration.ofSeconds(2)))
			.build();
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
