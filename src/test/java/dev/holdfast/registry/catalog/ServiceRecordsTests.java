package dev.holdfast.registry.catalog;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceRecordsTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private final ServiceRecords records = new ServiceRecords();

	@Test
	void aRecordThatIsWrittenAnewReplacesItsInstanceAloneAndReadsNoOther() {
		IntStream.range(0, 10).forEach((i) -> this.records.put("/k/" + i, List.of(instance("i" + i, i, 1))));
		Service before = this.records.toService(ORDERS, null, 1);
		this.records.put("/k/3", List.of(instance("i3", 3, 2)));
		Service after = this.records.toService(ORDERS, before, 2);
		assertThat(after.instances()).filteredOn(before::isSharing).hasSize(9);
		assertThat(after.instances().get(3).weight()).isEqualTo(2);
		assertThat(after.revision()).isEqualTo(2);
	}

	@Test
	void pathsOfTheirOwnMakeTwoInstancesOfOneAddress() {
		Endpoint api = Endpoint.parse("http://10.0.0.5:80/api", Scheme.HTTP);
		Endpoint admin = Endpoint.parse("http://10.0.0.5:80/admin/", Scheme.HTTP);
		this.records.put("/k/1", List.of(instance("i1", api, 1)));
		this.records.put("/k/2", List.of(instance("i2", admin, 1)));
		this.records.put("/k/3", List.of(instance("i3", api, 1)));
		assertThat(this.records.merged()).extracting((instance) -> instance.endpoint().toString())
			.containsExactly("http://10.0.0.5:80/api", "http://10.0.0.5:80/admin");
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void aServiceIsTheSameMadeFromTheOneBeforeAsMadeFromAllRecords(long seed) {
		RandomGenerator random = new SplittableRandom(seed);
		Service service = this.records.toService(ORDERS, null, 0);
		for (int i = 0; i < 5_000; i++) {
			change(random, i);
			if (random.nextInt(3) > 0) {
				service = this.records.toService(ORDERS, service, i);
				assertThat(service.instances()).as("seed %d, step %d", seed, i)
					.isEqualTo(this.records.merged().stream().sorted(Comparator.comparing(Instance::id)).toList());
			}
		}
	}

	/** Few ids and endpoints, so that records claim each other's. */
	private void change(RandomGenerator random, int step) {
		String key = "/k/" + random.nextInt(6);
		String id = "i" + random.nextInt(3);
		switch (random.nextInt(20)) {
			case 0 -> this.records.remove(key);
			case 1 -> this.records.setAbsent(key);
			case 2 -> this.records.confirm(key);
			case 3 -> this.records.remove(key, id);
			case 4 -> this.records.put(key, List.of(instance("i1", 1, step), instance("i2", 2, step)));
			case 5 -> this.records.hide(key, id);
			case 6 -> this.records.reveal(key, id);
			case 7 -> this.records.settle(key);
			case 8 -> this.records.weigh(key, new ParsedRecord.Weighted(ORDERS, id, step % 100));
			default -> this.records.put(key, List.of(instance(id, random.nextInt(4), step)));
		}
	}

	private static Instance instance(String id, int host, int weight) {
		return instance(id, new Endpoint(Scheme.HTTP, "10.0.0." + host, 80), weight);
	}

	private static Instance instance(String id, Endpoint endpoint, int weight) {
		return new Instance(id, endpoint, weight % 1_000, "", "", Map.of(),
				new Registration("/k", "json", 1, weight, 0, Registration.Origin.WATCH));
	}

}
