package dev.holdfast.cluster;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The gateways as they reported last, and which of them lag. Written by the cluster's
 * thread alone; its view may be read on any.
 */
final class GatewayDirectory implements Gateways {

	/** Samples that are closer than this are one. */
	private static final long SAMPLE_TIME = Duration.ofMillis(100).toNanos();

	private static final Comparator<GatewayView> ORDER = Comparator.comparing(GatewayView::host)
		.thenComparing(GatewayView::instanceId);

	private final OwnReport own;

	private final Duration lagAfter;

	private final LongSupplier nanoTime;

	/** What the newest revision was, and from when on. */
	private final Deque<Sample> samples = new ArrayDeque<>();

	private volatile Known known = new Known("etcd has not answered yet", List.of(), Set.of());

	GatewayDirectory(OwnReport own, Duration lagAfter, LongSupplier nanoTime) {
		this.own = own;
		this.lagAfter = lagAfter;
		this.nanoTime = nanoTime;
	}

	/**
	 * Begins to judge anew: what was reported while etcd was away has not come.
	 */
	void restart() {
		this.samples.clear();
	}

	void update(Collection<GatewayReport> reports) {
		List<GatewayReport> others = reports.stream()
			.filter((report) -> !report.instanceId().equals(this.own.instanceId()))
			.toList();
		this.own.othersReport(others.stream().mapToLong(GatewayReport::revision).max().orElse(0));
		this.known = new Known(this.known.reason(), others, this.known.lagging());
		judge();
	}

	void available() {
		this.known = new Known(null, this.known.others(), this.known.lagging());
	}

	void unavailable(String reason) {
		this.known = new Known(reason, this.known.others(), this.known.lagging());
	}

	/**
	 * Finds out who lags: who is behind what is the newest revision now and was already
	 * some time ago. Both, since a revision of a cluster that was restored since may be
	 * larger than any of now.
	 */
	void judge() {
		long now = this.nanoTime.getAsLong();
		List<GatewayReport> all = new ArrayList<>(this.known.others());
		all.add(this.own.current());
		long newest = newest(all);
		sample(now, newest);
		Set<String> lagging = new HashSet<>();
		Sample before = this.samples.getFirst();
		if (now - before.at() >= this.lagAfter.toNanos()) {
			long bound = Math.min(newest, before.newest());
			all.stream()
				.filter((report) -> report.revision() < bound)
				.map(GatewayReport::instanceId)
				.forEach(lagging::add);
		}
		if (!lagging.equals(this.known.lagging())) {
			this.known = new Known(this.known.reason(), this.known.others(), Set.copyOf(lagging));
		}
	}

	private void sample(long now, long newest) {
		Sample last = this.samples.peekLast();
		if (last == null || (last.newest() != newest && now - last.at() >= SAMPLE_TIME)) {
			this.samples.addLast(new Sample(now, newest));
		}
		else if (last.newest() != newest) {
			this.samples.removeLast();
			this.samples.addLast(new Sample(last.at(), newest));
		}
		// The first one that is left is what was the newest so long ago.
		long begin = now - this.lagAfter.toNanos();
		while (this.samples.size() > 1 && second().at() - begin <= 0) {
			this.samples.removeFirst();
		}
	}

	private Sample second() {
		return this.samples.stream().skip(1).findFirst().orElseThrow();
	}

	private static long newest(List<GatewayReport> reports) {
		return reports.stream().mapToLong(GatewayReport::revision).max().orElse(0);
	}

	@Override
	public GatewaysView view() {
		Known now = this.known;
		GatewayReport self = this.own.current();
		List<GatewayReport> all = new ArrayList<>(now.others());
		all.add(self);
		long newest = newest(all);
		List<GatewayView> items = new ArrayList<>();
		for (GatewayReport report : now.others()) {
			items.add(GatewayView.of(report, true, newest, now.lagging().contains(report.instanceId()), false));
		}
		items.add(GatewayView.of(self, this.own.isReported(), newest, now.lagging().contains(self.instanceId()), true));
		items.sort(ORDER);
		String reason = now.reason();
		return new GatewaysView(reason == null, (reason != null) ? reason : this.own.failure().orElse(""),
				self.instanceId(), newest, items);
	}

	private record Sample(long at, long newest) {
	}

	/**
	 * What is known.
	 *
	 * @param reason why it is not current, {@code null} while it is
	 * @param others the other gateways
	 * @param lagging the ids of those that lag, this one among them
	 */
	private record Known(@Nullable String reason, List<GatewayReport> others, Set<String> lagging) {
	}

}
