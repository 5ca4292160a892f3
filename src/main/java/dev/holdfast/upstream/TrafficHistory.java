package dev.holdfast.upstream;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.holdfast.service.ServiceName;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traffic of the last ten minutes in steps of ten seconds. Requests know nothing of
 * it: it reads each service's window when that has ended, on a thread of its own. A
 * service takes memory from its first request until ten minutes after its last one.
 */
public final class TrafficHistory {

	private static final Logger logger = LoggerFactory.getLogger(TrafficHistory.class);

	/** How many steps there are. */
	public static final int POINTS = TrafficPoints.SHOWN;

	/** How long a step is. */
	public static final int STEP_SECONDS = (int) Window.SECONDS;

	/** Requests that ended at the end of a window may be counted a little later. */
	private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(250);

	private final Upstreams upstreams;

	private final LongSupplier nanoTime;

	private final Clock clock;

	private final Map<ServiceName, TrafficPoints> services = new ConcurrentHashMap<>();

	private final TrafficPoints total;

	private final Histogram sum = Window.sum();

	/** The number of the newest window that has been read. */
	private volatile long newest;

	/** What has been read up to the newest window, once somebody has asked for it. */
	private @Nullable Recent recent;

	private long views;

	private @Nullable Thread thread;

	/**
	 * Creates the history of no traffic.
	 * @param upstreams the state of the services
	 */
	public TrafficHistory(Upstreams upstreams) {
		this(upstreams, System::nanoTime, Clock.systemUTC());
	}

	/**
	 * The same, with a time of its own.
	 * @param upstreams the state of the services
	 * @param nanoTime the time that the services go by, nanoseconds
	 * @param clock the time of day
	 */
	public TrafficHistory(Upstreams upstreams, LongSupplier nanoTime, Clock clock) {
		this.upstreams = upstreams;
		this.nanoTime = nanoTime;
		this.clock = clock;
		this.newest = Window.numberAt(nanoTime.getAsLong()) - 1;
		this.total = new TrafficPoints(this.newest + 1, TrafficSeries.UNKNOWN);
		upstreams.onForgotten(this::forget);
	}

	private synchronized void forget(ServiceName service) {
		this.services.remove(service);
		this.recent = null;
	}

	/**
	 * Begins to read.
	 */
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Thread.ofVirtual().name("traffic-history").start(this::run);
		}
	}

	private void run() {
		try {
			while (true) {
				long now = this.nanoTime.getAsLong();
				long end = (Window.numberAt(now) + 1) * TimeUnit.SECONDS.toNanos(Window.SECONDS);
				TimeUnit.NANOSECONDS.sleep(end - now + DELAY);
				readOrLog();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The next window may be read better; whoever looks sees which one was not. */
	void readOrLog() {
		try {
			read();
		}
		catch (RuntimeException | Error ex) {
			logger.error("The traffic of the last {} s could not be read; its step stays unknown", STEP_SECONDS, ex);
		}
	}

	/**
	 * Reads the window that ended last. Called once for each of them, as soon as it has
	 * ended; one that is missed stays unknown.
	 */
	public void read() {
		long now = this.nanoTime.getAsLong();
		long number = Window.numberAt(now) - 1;
		if (number <= this.newest) {
			return;
		}
		long requests = 0;
		long errors = 0;
		this.sum.reset();
		for (Upstream upstream : this.upstreams.all()) {
			Window window = upstream.lastFullWindow(now);
			if (window != null) {
				add(upstream.name(), number, window);
				requests += window.requests();
				errors += window.errors();
				window.addTo(this.sum);
			}
		}
		this.total.add(number, requests, errors, Window.p95Micros(this.sum));
		this.newest = number;
		this.services.values().removeIf((points) -> points.isOver(number));
	}

	private void add(ServiceName name, long number, Window window) {
		this.services.computeIfAbsent(name, (added) -> new TrafficPoints(number, 0))
			.add(number, window.requests(), window.errors(), window.p95Micros());
	}

	/**
	 * Reads no more.
	 */
	public synchronized void close() {
		if (this.thread != null) {
			this.thread.interrupt();
			this.thread = null;
		}
	}

	/**
	 * Return what has been read.
	 * @return the traffic up to the end of the newest step
	 */
	public synchronized Recent recent() {
		long newest = this.newest;
		Recent known = this.recent;
		if (known == null || known.newest != newest) {
			known = read(newest);
			this.recent = known;
		}
		return known;
	}

	private Recent read(long newest) {
		long end = (newest + 1) * TimeUnit.SECONDS.toNanos(Window.SECONDS);
		Instant asOf = this.clock.instant().minusNanos(this.nanoTime.getAsLong() - end);
		return new Recent(++this.views, asOf, new HashMap<>(this.services), this.total, newest);
	}

	/**
	 * A service's traffic of all steps together.
	 *
	 * @param service its name
	 * @param requests how many requests ended
	 * @param errors how many of them failed
	 */
	public record Sums(ServiceName service, long requests, long errors) {

		private static Sums of(ServiceName service, TrafficSeries series) {
			return new Sums(service, series.totalRequests(), series.totalErrors());
		}

	}

	/**
	 * The traffic of the last ten minutes, the same for all who ask until the next step
	 * has been read.
	 */
	public static final class Recent {

		private final long number;

		private final Instant asOf;

		private final Map<ServiceName, TrafficPoints> services;

		private final List<Sums> sums;

		private final TrafficSeries total;

		private final long newest;

		private Recent(long number, Instant asOf, Map<ServiceName, TrafficPoints> services, TrafficPoints total,
				long newest) {
			this.number = number;
			this.asOf = asOf;
			this.services = services;
			this.total = total.upTo(newest);
			this.newest = newest;
			this.sums = services.keySet()
				.stream()
				.map((service) -> Sums.of(service, of(service)))
				.sorted(Comparator.comparing((Sums sums) -> sums.service().value()))
				.toList();
		}

		/**
		 * Return which of the views of this history it is.
		 * @return a number that no other one has
		 */
		public long number() {
			return this.number;
		}

		/**
		 * Return when the newest step ended.
		 * @return the time
		 */
		public Instant asOf() {
			return this.asOf;
		}

		/**
		 * Return which services had traffic, and how much.
		 * @return their sums, sorted by name
		 */
		public List<Sums> services() {
			return this.sums;
		}

		/**
		 * Return a service's traffic.
		 * @param service its name
		 * @return its traffic, {@link TrafficSeries#NONE} when there was none
		 */
		public TrafficSeries of(ServiceName service) {
			TrafficPoints points = this.services.get(service);
			return (points != null) ? points.upTo(this.newest).where(this.total) : TrafficSeries.NONE;
		}

		/**
		 * Return the traffic of all services together.
		 * @return the traffic
		 */
		public TrafficSeries total() {
			return this.total;
		}

	}

}
