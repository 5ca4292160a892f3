package dev.holdfast.actuate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The request timers of one route to one service, by method and status. Found by index,
 * so that a recording neither allocates nor hashes; blocks of a hundred statuses come
 * into being with the first answer that needs them.
 */
final class RouteTimers {

	private static final int CLASSES = 6;

	private static final int BLOCK = 100;

	private static final String[] OUTCOMES = { "UNKNOWN", "INFORMATIONAL", "SUCCESS", "REDIRECTION", "CLIENT_ERROR",
			"SERVER_ERROR" };

	private final MeterGroup meters;

	private final Tags tags;

	private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Timer>> blocks = new AtomicReferenceArray<>(
			MethodLabels.COUNT * CLASSES);

	RouteTimers(MeterGroup meters, String route, String service) {
		this.meters = meters;
		this.tags = Tags.of("route", route, "service", service);
	}

	void record(String method, int status, long nanos) {
		int known = (status >= BLOCK && status < CLASSES * BLOCK) ? status : 0;
		int label = MethodLabels.indexOf(method);
		AtomicReferenceArray<@Nullable Timer> block = block(label * CLASSES + known / BLOCK);
		Timer timer = block.get(known % BLOCK);
		if (timer == null) {
			timer = register(label, known);
			block.set(known % BLOCK, timer);
		}
		timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	private AtomicReferenceArray<@Nullable Timer> block(int index) {
		AtomicReferenceArray<@Nullable Timer> block = this.blocks.get(index);
		if (block != null) {
			return block;
		}
		AtomicReferenceArray<@Nullable Timer> created = new AtomicReferenceArray<>(BLOCK);
		AtomicReferenceArray<@Nullable Timer> winner = this.blocks.compareAndExchange(index, null, created);
		return (winner != null) ? winner : created;
	}

	private Timer register(int method, int status) {
		return this.meters.register(Timer.builder("gateway.requests")
			.description("Requests on the traffic port, from the first byte in to the last byte out")
			.tags(this.tags)
			.tag("method", MethodLabels.at(method))
			.tag("status", (status != 0) ? Integer.toString(status) : "UNKNOWN")
			.tag("outcome", OUTCOMES[status / BLOCK])::register);
	}

}
