package dev.holdfast.upstream;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.holdfast.service.ServiceName;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of the last ten minutes in steps of ten seconds. Requests know nothing of
 * it: it reads each service's window when that has ended, on a thread of its own. A
 * service takes memory from its first request until ten minutes after its last one.
 */
public final class TrafficHistory {

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
		this.total = new TrafficPoints(this.newest + 1);
		upstreams.onForgotten(this.services::remove);
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
				read();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Reads the window that ended last. Called once for each of them, as soon as it has
	 * ended; one that is missed counts as one without traffic.
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
		this.services.computeIfAbsent(name, (added) -> new TrafficPoints(number))
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
	public Recent recent() {
		long newest = this.newest;
		long end = (newest + 1) * TimeUnit.SECONDS.toNanos(Window.SECONDS);
		Map<ServiceName, TrafficPoints> known = new TreeMap<>(
				(one, other) -> one.value().compareTo(other.value()));
		known.putAll(this.services);
		return new Recent(this.clock.instant().minusNanos(this.nanoTime.getAsLong() - end), known, this.total, newest);
	}

	/**
	 * The traffic of the last ten minutes.
	 */
	public static final class Recent {

		private final Instant asOf;

		private final Map<ServiceName, TrafficPoints> services;

		private final TrafficPoints total;

		private final long newest;

		private Recent(Instant asOf, Map<ServiceName, TrafficPoints> services, TrafficPoints total, long newest) {
			this.asOf = asOf;
			this.services = services;
			this.total = total;
			this.newest = newest;
		}

		/**
		 * Return when the newest step ended.
		 * @return the time
		 */
		public Instant asOf() {
			return this.asOf;
		}

		/**
		 * Return which services had traffic.
		 * @return their names, sorted
		 */
		public Iterable<ServiceName> services() {
			return this.services.keySet();
		}

		/**
		 * Return a service's traffic.
		 * @param service its name
		 * @return its traffic, {@link TrafficSeries#NONE} when there was none
		 */
		public TrafficSeries of(ServiceName service) {
			TrafficPoints points = this.services.get(service);
			return (points != null) ? points.upTo(this.newest) : TrafficSeries.NONE;
		}

		/**
		 * Return the traffic of all services together.
		 * @return the traffic
		 */
		public TrafficSeries total() {
			return this.total.upTo(this.newest);
		}

	}

}
