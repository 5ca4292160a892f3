package dev.holdfast.testing;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;

import static org.awaitility.Awaitility.await;

/**
 * What Netty's leak detectors have reported in this JVM.
 */
final class LeakReports {

	/** The canary's kind, which is no leak. */
	private static final String CANARY = "canary";

	/** The reference handler may be behind by one collection. */
	private static final int ROUNDS = 2;

	private static final Queue<String> reports = new ConcurrentLinkedQueue<>();

	private static final Queue<String> canaries = new ConcurrentLinkedQueue<>();

	private static final Queue<Detector<?>> detectors = new ConcurrentLinkedQueue<>();

	private static final Detector<Object> canary = new Detector<>(CANARY, canaries);

	private LeakReports() {
	}

	/**
	 * Makes every detector report here. Those that exist already do not, so it must come
	 * before the first use of Netty.
	 */
	static void install() {
		ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
	}

	/**
	 * What was reported so far: where each resource was last seen.
	 */
	static Collection<String> all() {
		return reports;
	}

	/**
	 * Withdraws the reports of a test that leaks on purpose.
	 * @param mark what is found in them alone
	 * @return those reports
	 */
	static List<String> withdraw(String mark) {
		List<String> withdrawn = reports.stream().filter((report) -> report.contains(mark)).toList();
		reports.removeAll(withdrawn);
		return withdrawn;
	}

	/**
	 * Collects garbage until what has been forgotten so far has been reported: a detector
	 * tells of it only when it is used once more.
	 */
	static void collect() {
		for (int i = 0; i < ROUNDS; i++) {
			canaries.clear();
			// Each report is made once, so each canary must sing another song.
			canary.trackForcibly(new Object()).record("canary " + System.nanoTime());
			await().until(() -> {
				System.gc();
				canary.poke();
				detectors.forEach(Detector::poke);
				return !canaries.isEmpty();
			});
		}
	}

	private static final class Factory extends ResourceLeakDetectorFactory {

		@Override
		@SuppressWarnings("deprecation") // abstract, so somebody may call it
		public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
				long maxActive) {
			return newResourceLeakDetector(resource, samplingInterval);
		}

		@Override
		public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
			Detector<T> detector = new Detector<>(resource.getSimpleName(), reports);
			detectors.add(detector);
			return detector;
		}

	}

	private static final class Detector<T> extends ResourceLeakDetector<T> {

		private final Queue<String> to;

		@SuppressWarnings("deprecation") // the only one that takes a name
		private Detector(String type, Queue<String> to) {
			super(type, 1, Long.MAX_VALUE);
			this.to = to;
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String type, String records) {
			this.to.add(type + ": " + records);
		}

		@Override
		protected void reportUntracedLeak(String type) {
			this.to.add(type);
		}

		@SuppressWarnings("unchecked") // of what is tracked only the reference matters
		private void poke() {
			T nothing = (T) new Object();
			ResourceLeakTracker<T> tracker = trackForcibly(nothing);
			tracker.close(nothing);
		}

	}

}
