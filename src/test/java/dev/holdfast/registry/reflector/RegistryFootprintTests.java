package dev.holdfast.registry.reflector;

import java.lang.management.ManagementFactory;

import dev.holdfast.testing.Fleet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the registry takes of the heap, counted after collections that leave nothing but
 * what is held.
 */
@Isolated("measures the heap")
class RegistryFootprintTests {

	private static final long MEBIBYTE = 1 << 20;

	private static final int COLLECTIONS = 4;

	@Test
	void aHundredThousandInstancesWithBothViewsTakeAtMost100Mebibytes() {
		Fleet fleet = Fleet.of(100_000);
		long before = used();
		FleetRegistry registry = new FleetRegistry(fleet);
		registry.replace(fleet.records());
		long taken = used() - before;
		// What is asserted of the registry from here on also keeps it alive until here.
		assertThat(registry.snapshot().instances()).isEqualTo(100_000);
		assertThat(registry.snapshot().services()).hasSize(10_000);
		assertThat(registry.upstreams().all()).hasSize(10_000);
		System.out.printf("100 000 instances of 10 000 services take %d MiB of heap%n", taken / MEBIBYTE);
		assertThat(taken).isLessThanOrEqualTo(100 * MEBIBYTE);
	}

	private static long used() {
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
