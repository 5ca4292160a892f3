package dev.holdfast.cluster;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.holdfast.store.StoreConnection;
import dev.holdfast.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * What this gateway says of itself, and the lease that it says it by. The lease outlives
 * connections. It is renewed here and not by jetcd, which gives a lease up for good after
 * an outage that etcd bridges. What others read belongs to the cluster's thread, which
 * alone writes.
 */
final class OwnReport {

	private static final String LIVE = "LIVE";

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private final Supplier<LocalGateway> local;

	private final Supplier<Standing> standing;

	private final ClusterKeys keys;

	private final ClusterSettings settings;

	private final Clock clock;

	private final LongSupplier nanoTime;

	private volatile @Nullable GatewayReport written;

	private volatile long newestOfOthers;

	private volatile long head;

	private long lease;

	private long nextRenewal;

	private long nextRevision;

	private boolean missing;

	private volatile @Nullable String failure;

	private Duration pause = FIRST_PAUSE;

	private long nextAttempt;

	OwnReport(Supplier<LocalGateway> local, Supplier<Standing> standing, ClusterKeys keys, ClusterSettings settings,
			Clock clock, LongSupplier nanoTime) {
		this.local = local;
		this.standing = standing;
		this.keys = keys;
		this.settings = settings;
		this.clock = clock;
		this.nanoTime = nanoTime;
	}

	String instanceId() {
		return this.local.get().instanceId();
	}

	String key() {
		return this.keys.gateway(instanceId());
	}

	/**
	 * Return what there is to be said now. Safe on any thread.
	 * <p>
	 * The revision is the one at which a service changed last, or what others report, if
	 * this gateway knows of everything up to there as well. It is not the newest that was
	 * delivered: every report is a write, which is a new revision, so that the gateways
	 * would keep each other writing.
	 */
	GatewayReport current() {
		Standing now = this.standing.get();
		GatewayReport last = this.written;
		long revision = Math.max(now.changed(), Math.min(now.delivered(), this.newestOfOthers));
		// Nobody gains by a step back when the gateway that was ahead has gone.
		if (last != null && last.revision() > revision && now.delivered() >= last.revision()) {
			revision = last.revision();
		}
		// What comes from disk may be of another history, in which numbers are larger.
		if (!now.state().equals(LIVE) && this.head != 0) {
			revision = Math.min(revision, this.head);
		}
		return this.local.get()
			.report(now.state(), revision, (last != null) ? last.reportedAt() : this.clock.instant());
	}

	/**
	 * Whether it stands in etcd, or did.
	 */
	boolean isReported() {
		return this.written != null;
	}

	void othersReport(long newest) {
		this.newestOfOthers = newest;
	}

	/**
	 * Notes how far etcd's history goes.
	 */
	void headIs(long revision) {
		this.head = revision;
	}

	/**
	 * Notes that the entry is not in etcd although nobody here has deleted it.
	 */
	void miss() {
		this.missing = true;
	}

	/**
	 * Return why etcd has not taken the last report, empty when it has.
	 */
	Optional<String> failure() {
		return Optional.ofNullable(this.failure);
	}

	/**
	 * Writes the entry on a new connection. That others do not see this gateway is no
	 * reason not to follow them, so a failure is kept here.
	 */
	void begin(StoreConnection connection) {
		this.pause = FIRST_PAUSE;
		attempt(() -> renew(connection));
	}

	private void attempt(Runnable report) {
		try {
			report.run();
			this.failure = null;
			this.pause = FIRST_PAUSE;
		}
		catch (StoreException ex) {
			this.failure = String.valueOf(ex.getMessage());
			this.nextAttempt = this.nanoTime.getAsLong() + this.pause.toNanos();
			Duration longer = this.pause.multipliedBy(2);
			this.pause = (longer.compareTo(this.settings.refusedPause()) < 0) ? longer : this.settings.refusedPause();
		}
	}

	private void renew(StoreConnection connection) {
		if (this.lease == 0 || !connection.keepAlive(this.lease)) {
			this.lease = connection.grant(this.settings.leaseTime());
		}
		this.nextRenewal = this.nanoTime.getAsLong() + this.settings.leaseTime().toNanos() / 3;
		write(connection);
	}

	/**
	 * Renews the lease and writes what is new, where it is time.
	 */
	void keep(StoreConnection connection) {
		if (this.failure == null) {
			attempt(() -> keepCurrent(connection));
		}
		else if (this.nanoTime.getAsLong() - this.nextAttempt >= 0) {
			attempt(() -> renew(connection));
		}
	}

	private void keepCurrent(StoreConnection connection) {
		long now = this.nanoTime.getAsLong();
		if (now - this.nextRenewal >= 0) {
			if (!connection.keepAlive(this.lease)) {
				this.lease = 0;
				renew(connection);
				return;
			}
			this.nextRenewal = now + this.settings.leaseTime().toNanos() / 3;
		}
		GatewayReport last = this.written;
		GatewayReport next = current();
		if (this.missing || last == null || !last.state().equals(next.state())
				|| (last.differsFrom(next) && now - this.nextRevision >= 0)) {
			write(connection);
		}
	}

	private void write(StoreConnection connection) {
		GatewayReport now = current();
		GatewayReport report = this.local.get().report(now.state(), now.revision(), this.clock.instant());
		connection.put(key(), GatewayReportCodec.encode(report), this.lease);
		this.written = report;
		this.missing = false;
		this.nextRevision = this.nanoTime.getAsLong() + this.settings.reportInterval().toNanos();
	}

	/**
	 * Takes the entry out of etcd, because the gateway stops.
	 */
	void leave(StoreConnection connection) {
		if (this.lease != 0) {
			connection.delete(key());
			connection.revoke(this.lease);
			this.lease = 0;
		}
	}

}
