package dev.holdfast.jwt;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys, as they were fetched last. They are fetched anew when they are old,
 * and when a token names one that is not among them, at most once in a while: whoever can
 * reach the port can invent names of keys. While the issuer is away the last ones count.
 */
final class IssuerKeys {

	/** Since when they are old. */
	static final Duration MAX_AGE = Duration.ofMinutes(5);

	/** How long after one fetch the next may begin. */
	static final Duration MIN_INTERVAL = Duration.ofSeconds(10);

	private static final Logger logger = LoggerFactory.getLogger(IssuerKeys.class);

	private final Object lock = new Object();

	private final String issuer;

	private final KeyFetch source;

	private final Executor executor;

	private final LongSupplier nanoTime;

	private final Duration patience;

	private volatile @Nullable JWKSet keys;

	private volatile String failure = "";

	/** Guarded by the lock, as are the two below. */
	private @Nullable CompletableFuture<Void> running;

	private long begun;

	private long fetched;

	/**
	 * Creates the keys, of which none has been fetched.
	 * @param issuer whose they are
	 * @param source where they come from
	 * @param executor what runs a fetch
	 * @param nanoTime the time, which never goes back
	 * @param patience how long a caller waits for a fetch
	 */
	IssuerKeys(String issuer, KeyFetch source, Executor executor, LongSupplier nanoTime, Duration patience) {
		this.issuer = issuer;
		this.source = source;
		this.executor = executor;
		this.nanoTime = nanoTime;
		this.patience = patience;
	}

	/**
	 * Begins to fetch the keys, without waiting for them.
	 */
	void prefetch() {
		due();
	}

	/**
	 * Finds the keys by which a token may be signed.
	 * @param header the token's header
	 * @return those that its header fits, {@code null} while there are no keys at all
	 */
	@Nullable List<JWK> find(JWSHeader header) {
		if (this.keys == null) {
			await(due());
		}
		JWKSet known = this.keys;
		if (known == null) {
			return null;
		}
		List<JWK> found = select(known, header);
		if (!found.isEmpty()) {
			if (isOld()) {
				due();
			}
			return found;
		}
		await(due());
		return select(known(known), header);
	}

	/**
	 * Return why there are no keys.
	 */
	String failure() {
		return this.failure.isEmpty() ? "they have not come yet" : this.failure;
	}

	private JWKSet known(JWKSet before) {
		JWKSet now = this.keys;
		return (now != null) ? now : before;
	}

	private static List<JWK> select(JWKSet keys, JWSHeader header) {
		return new JWKSelector(JWKMatcher.forJWSHeader(header)).select(keys);
	}

	private boolean isOld() {
		synchronized (this.lock) {
			return this.nanoTime.getAsLong() - this.fetched >= MAX_AGE.toNanos();
		}
	}

	/**
	 * Begins a fetch if none runs and the last one was long enough ago.
	 * @return the one that runs, empty when none may begin yet
	 */
	private Optional<CompletableFuture<Void>> due() {
		synchronized (this.lock) {
			CompletableFuture<Void> last = this.running;
			if (last != null && !last.isDone()) {
				return Optional.of(last);
			}
			long now = this.nanoTime.getAsLong();
			if (last != null && now - this.begun < MIN_INTERVAL.toNanos()) {
				return Optional.empty();
			}
			this.begun = now;
			CompletableFuture<Void> next = CompletableFuture.runAsync(this::fetch, this.executor);
			this.running = next;
			return Optional.of(next);
		}
	}

	private void await(Optional<CompletableFuture<Void>> fetch) {
		if (fetch.isEmpty()) {
			return;
		}
		try {
			fetch.get().get(this.patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			// It goes on, and whoever asks next may find what it brings.
			logger.debug("The keys of {} have not come within {}", this.issuer, this.patience);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("the keys of %s could not be read".formatted(this.issuer), ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void fetch() {
		try {
			take(this.source.fetch());
		}
		catch (IOException ex) {
			fail(String.valueOf(ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void take(JWKSet fetched) {
		JWKSet before = this.keys;
		boolean recovered = !this.failure.isEmpty();
		synchronized (this.lock) {
			this.fetched = this.nanoTime.getAsLong();
		}
		this.keys = fetched;
		this.failure = "";
		if (before == null || recovered || !names(before).equals(names(fetched))) {
			logger.info("Tokens of {} are checked by its keys {}", this.issuer, names(fetched));
		}
	}

	private void fail(String cause) {
		if (this.failure.isEmpty()) {
			logger.warn("The keys of {} could not be fetched: {}; {}", this.issuer, cause, (this.keys != null)
					? "those that it had go on counting" : "its tokens are refused until they can be");
		}
		this.failure = cause;
	}

	private static List<String> names(JWKSet keys) {
		return keys.getKeys().stream().map((key) -> String.valueOf(key.getKeyID())).toList();
	}

}
