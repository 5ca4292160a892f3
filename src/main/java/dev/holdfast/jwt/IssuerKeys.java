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
 * reach the port can invent names of keys. While the issuer is away the last ones count,
 * but not for ever: one of them may have been withdrawn since.
 */
final class IssuerKeys {

	/** Since when they are old, and count only if newer ones cannot be had. */
	static final Duration MAX_AGE = Duration.ofMinutes(5);

	/** Since when they count no longer at all. */
	static final Duration EXPIRY = Duration.ofHours(24);

	/** How long after one fetch the next may begin. */
	static final Duration MIN_INTERVAL = Duration.ofSeconds(10);

	private static final Logger logger = LoggerFactory.getLogger(IssuerKeys.class);

	private final Object lock = new Object();

	private final String issuer;

	private final KeyFetch source;

	private final Executor executor;

	private final LongSupplier nanoTime;

	private final Duration patience;

	private volatile @Nullable Known known;

	private volatile String failure = "";

	/** Guarded by the lock, as is the one below. */
	private @Nullable CompletableFuture<Void> running;

	private long begun;

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
	 * @return those that its header fits, {@code null} while there are no keys that count
	 */
	@Nullable List<JWK> find(JWSHeader header) {
		boolean old = isOlderThan(MAX_AGE);
		if (old) {
			await(due());
		}
		List<JWK> found = select(header);
		if (old || found == null || !found.isEmpty()) {
			return found;
		}
		await(due());
		return select(header);
	}

	/**
	 * Return why there are no keys.
	 */
	String failure() {
		return this.failure.isEmpty() ? "they have not come yet" : this.failure;
	}

	private @Nullable List<JWK> select(JWSHeader header) {
		Known last = this.known;
		return (last != null && !isOlderThan(EXPIRY))
				? new JWKSelector(JWKMatcher.forJWSHeader(header)).select(last.keys()) : null;
	}

	/** Keys that never came are older than any age. */
	private boolean isOlderThan(Duration age) {
		Known last = this.known;
		return last == null || this.nanoTime.getAsLong() - last.fetched() >= age.toNanos();
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
		catch (RuntimeException ex) {
			// What an issuer sends must not be able to end the fetches unheard.
			fail(ex.toString());
			logger.debug("The keys of {} could not be fetched", this.issuer, ex);
		}
		catch (InterruptedException ex) {
			fail("the fetch was interrupted");
			Thread.currentThread().interrupt();
		}
	}

	private void take(JWKSet fetched) {
		Known before = this.known;
		boolean recovered = !this.failure.isEmpty();
		this.known = new Known(fetched, this.nanoTime.getAsLong());
		this.failure = "";
		if (before == null || recovered || !names(before.keys()).equals(names(fetched))) {
			logger.info("Tokens of {} are checked by its keys {}", this.issuer, names(fetched));
		}
	}

	private void fail(String cause) {
		if (this.failure.isEmpty()) {
			logger.warn("The keys of {} could not be fetched: {}; {}", this.issuer, cause,
					!isOlderThan(EXPIRY) ? "those that it had go on counting until they are a day old"
							: "its tokens are refused until they can be");
		}
		this.failure = cause;
	}

	private static List<String> names(JWKSet keys) {
		return keys.getKeys().stream().map((key) -> String.valueOf(key.getKeyID())).toList();
	}

	/**
	 * The keys of a fetch.
	 *
	 * @param keys the keys
	 * @param fetched when they came
	 */
	private record Known(JWKSet keys, long fetched) {
	}

}
