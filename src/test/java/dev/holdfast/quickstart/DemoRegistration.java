package dev.holdfast.quickstart;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.PutOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A record that is kept in etcd on a lease, and written anew whenever the lease may have
 * been lost. Does its work on a virtual thread until it is closed.
 */
final class DemoRegistration implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DemoRegistration.class);

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private static final Duration DEADLINE = Duration.ofSeconds(2);

	private final String endpoint;

	private final String key;

	private final String value;

	private final Duration ttl;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Thread thread;

	private volatile boolean registered;

	private DemoRegistration(String endpoint, String key, String value, Duration ttl) {
		this.endpoint = endpoint;
		this.key = key;
		this.value = value;
		this.ttl = ttl;
		this.thread = Thread.ofVirtual().name("registration-" + key).unstarted(this::keepRegistered);
	}

	/**
	 * Begins to register a record.
	 * @param endpoint the URL of etcd, which need not run yet
	 * @param key the record's key
	 * @param value the record
	 * @param ttl how long the record outlives this process, whole seconds
	 * @return the registration
	 */
	static DemoRegistration start(String endpoint, String key, String value, Duration ttl) {
		DemoRegistration registration = new DemoRegistration(endpoint, key, value, ttl);
		registration.thread.start();
		return registration;
	}

	/**
	 * Tells whether the last contact with etcd succeeded.
	 */
	boolean isRegistered() {
		return this.registered;
	}

	/**
	 * Ends the work; the record vanishes when its lease runs out.
	 */
	@Override
	public void close() {
		this.closed.countDown();
	}

	private void keepRegistered() {
		try {
			do {
				registerAndKeepAlive();
			}
			while (!this.closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	// Returns when something failed. The next round has a new client, because an old one
	// may wait for minutes before it connects again, and a new lease, because nobody
	// knows what became of the old one.
	private void registerAndKeepAlive() throws InterruptedException {
		if (!isReachable()) {
			lost("etcd cannot be connected to");
			return;
		}
		try (Client client = Client.builder().endpoints(this.endpoint).connectTimeout(DEADLINE).build()) {
			long lease = ask(client.getLeaseClient().grant(this.ttl.toSeconds())).getID();
			ask(client.getKVClient()
				.put(bytes(this.key), bytes(this.value), PutOption.builder().withLeaseId(lease).build()));
			this.registered = true;
			logger.info("Registered {}", this.key);
			while (!this.closed.await(this.ttl.toMillis() / 4, TimeUnit.MILLISECONDS)) {
				ask(client.getLeaseClient().keepAliveOnce(lease));
			}
		}
		catch (TimeoutException ex) {
			lost("no answer within %d s".formatted(DEADLINE.toSeconds()));
		}
		catch (ExecutionException ex) {
			lost(String.valueOf(ex.getCause()));
		}
	}

	private boolean isReachable() {
		URI uri = URI.create(this.endpoint);
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), (int) DEADLINE.toMillis());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void lost(String cause) {
		if (this.registered) {
			this.registered = false;
			logger.info("Cannot renew {}, trying again each second: {}", this.key, cause);
		}
	}

	private static <T> T ask(CompletableFuture<T> answer)
			throws InterruptedException, ExecutionException, TimeoutException {
		return answer.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
