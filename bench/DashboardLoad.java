import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import dev.holdfast.testing.Browser;
import dev.holdfast.testing.EtcdKeys;
import io.vertx.core.json.JsonObject;
import org.awaitility.Awaitility;

/**
 * The browser and the changes of bench/dashboard: registers services, opens the page, and changes registrations at a
 * fixed rate while the page's frames are timed in it and the memory of its process is read. Ends with one line of JSON.
 */
public final class DashboardLoad {

	private static final int BATCH = 100;

	private static final int TICKS = 50;

	private static final Pattern MEMORY = Pattern.compile("(?m)^(RssAnon|VmSwap):\\s+(\\d+) kB");

	private static final String TIME_FRAMES = """
			const measured = window.measured = { gaps: [], long: [] };
			let last = performance.now();
			const step = (now) => { measured.gaps.push(now - last); last = now; requestAnimationFrame(step); };
			requestAnimationFrame(step);
			new PerformanceObserver((list) => measured.long.push(...list.getEntries()))
				.observe({ type: 'long-animation-frame' });
			""";

	private static final String RESULT = """
			const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
			const gaps = measured.gaps.slice(1).sort((a, b) => a - b);
			const long = measured.long.sort((a, b) => a.duration - b.duration);
			const worst = long.at(-1);
			return {
				'frames': gaps.length,
				'ms between frames, p50': at(gaps, 0.5),
				'ms between frames, p99': at(gaps, 0.99),
				'ms between frames, most': at(gaps, 1),
				'frames over 50 ms': long.length,
				'ms of a frame, most': worst?.duration ?? 0,
				'ms of a frame, most: in style and layout': worst ? worst.startTime + worst.duration - worst.styleAndLayoutStart : 0,
				'ms of a frame, most: in scripts': (worst?.scripts ?? []).map((script) => `${Math.round(script.duration)} ms ${script.invoker}`).join(', '),
				'elements': document.getElementsByTagName('*').length,
				'connection': document.body.dataset.connection,
				'services shown': document.querySelector('#services-count')?.innerText ?? '',
			}
			""";

	private final Map<String, Object> result = new TreeMap<>();

	private final AtomicLong changes = new AtomicLong();

	private final EtcdKeys keys;

	private final int services;

	private DashboardLoad(EtcdKeys keys, int services) {
		this.keys = keys;
		this.services = services;
	}

	/**
	 * Runs.
	 * @param arguments the admin port's URL, etcd's URL, the number of services, the changes a second, the seconds
	 */
	public static void main(String[] arguments) {
		try (EtcdKeys keys = new EtcdKeys(arguments[1]); Browser browser = Browser.start()) {
			DashboardLoad load = new DashboardLoad(keys, Integer.parseInt(arguments[2]));
			load.register();
			System.out.println("REGISTERED");
			load.run(browser, arguments[0], Integer.parseInt(arguments[3]), Long.parseLong(arguments[4]));
			System.out.println("RESULT " + new JsonObject(load.result).encode());
		}
		catch (Exception ex) {
			// Threads of the clients would keep the process.
			ex.printStackTrace();
			System.exit(1);
		}
		System.exit(0);
	}

	private void register() {
		for (int i = 0; i < this.services; i += BATCH) {
			Map<String, String> records = new TreeMap<>();
			for (int j = i; j < Math.min(i + BATCH, this.services); j++) {
				records.put(key(j), value());
			}
			this.keys.putAll(records);
		}
	}

	private static String key(int service) {
		return "/services/service-%05d/a".formatted(service);
	}

	private static String value() {
		return "{\"url\":\"http://127.0.0.1:1\",\"weight\":%d}".formatted(ThreadLocalRandom.current().nextInt(1, 1000));
	}

	private void run(Browser browser, String adminUrl, int rate, long seconds) throws IOException {
		browser.open(adminUrl + "/");
		Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> browser.shows("body[data-connection=live]")
				&& browser.shows("#services-table tr[data-service]"));
		try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor()) {
			executor.scheduleAtFixedRate(() -> change(rate / TICKS), 0, 1_000_000 / TICKS, TimeUnit.MICROSECONDS);
			List<Long> footprints = new ArrayList<>();
			sample(seconds / 6, footprints);
			footprints.clear();
			long before = this.changes.get();
			long begin = System.nanoTime();
			browser.evaluate(TIME_FRAMES);
			sample(seconds, footprints);
			((Map<?, ?>) browser.evaluate(RESULT)).forEach((name, value) -> this.result.put(name.toString(), value));
			double elapsed = (System.nanoTime() - begin) / 1e9;
			this.result.put("changes a second", Math.round((this.changes.get() - before) / elapsed));
			this.result.put("MB of the tab, most", footprints.stream().mapToLong(Long::longValue).max().orElse(0) / 1_000_000);
			this.result.put("MB of the tab, at the end", footprints.getLast() / 1_000_000);
			executor.shutdownNow();
		}
	}

	private static void sample(long seconds, List<Long> footprints) throws IOException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		while (System.nanoTime() < end) {
			footprints.add(footprint());
			LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
		}
	}

	// What Chromium's own task manager calls a tab's memory: what the process shares with no other.
	private static long footprint() throws IOException {
		long most = 0;
		for (ProcessHandle process : ProcessHandle.current().descendants().toList()) {
			Path folder = Path.of("/proc", Long.toString(process.pid()));
			try {
				if (Files.readString(folder.resolve("cmdline")).contains("--type=renderer")) {
					most = Math.max(most, MEMORY.matcher(Files.readString(folder.resolve("status")))
						.results()
						.mapToLong((line) -> Long.parseLong(line.group(2)) * 1024)
						.sum());
				}
			}
			catch (NoSuchFileException ex) {
				// It has ended since it was listed.
			}
		}
		return most;
	}

	private void change(int count) {
		Map<String, String> records = new TreeMap<>();
		while (records.size() < count) {
			records.put(key(ThreadLocalRandom.current().nextInt(this.services)), value());
		}
		this.keys.putAll(records);
		this.changes.addAndGet(count);
	}

}
