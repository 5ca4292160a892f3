package dev.holdfast.upstream;

import java.time.InstantSource;
import java.util.function.LongSupplier;

import dev.holdfast.service.ServiceName;

/**
 * What the instances of one service have in common.
 *
 * @param service the service
 * @param settings how they are chosen and when they are left alone
 * @param limit says how many of them may be ejected
 * @param listener hears when one becomes healthy or ceases to be
 * @param nanoTime the monotonic time
 * @param clock the time that operators are told
 */
record InstanceContext(ServiceName service, UpstreamSettings settings, EjectionLimit limit, HealthListener listener,
		LongSupplier nanoTime, InstantSource clock) {

	long now() {
		return this.nanoTime.getAsLong();
	}

}
