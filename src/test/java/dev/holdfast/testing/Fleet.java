package dev.holdfast.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.format.RawRecord;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Scheme;

/**
 * Many instances of many services, as real ones register: a key of some fifty characters
 * and a JSON object of some two hundred, a lease each.
 *
 * @param instances how many instances there are, all at different endpoints
 * @param services how many services they are spread over
 */
public record Fleet(int instances, int services) {

	/** What all keys begin with. */
	public static final String PREFIX = "/services/";

	private static final RecordReader READER = RecordReader.of("auto", PREFIX, Scheme.HTTP);

	/**
	 * A fleet with ten instances a service.
	 * @param instances how many instances it has
	 * @return the fleet
	 */
	public static Fleet of(int instances) {
		return new Fleet(instances, instances / 10);
	}

	/**
	 * The name of an instance's service.
	 * @param instance the instance's number, from 0
	 * @return the name
	 */
	public String service(int instance) {
		return "service-%05d".formatted(instance % this.services);
	}

	/**
	 * The key of an instance's record.
	 * @param instance the instance's number, from 0
	 * @return the key
	 */
	public String key(int instance) {
		return "%s%s/%s-7f9c4b-%06d".formatted(PREFIX, service(instance), service(instance), instance);
	}

	/**
	 * An instance's record.
	 * @param instance the instance's number, from 0
	 * @param version the version that it says it runs
	 * @return the record's value
	 */
	public String value(int instance, int version) {
		return """
				{"url":"http://10.%d.%d.%d:8080","weight":100,"zone":"eu-1%c","version":"1.4.%d","metadata":\
				{"team":"team-%02d","commit":"%08x","started":"2026-01-01T00:00:00Z"}}""".formatted(instance >> 16,
				(instance >> 8) & 0xff, instance & 0xff, 'a' + instance % 3, version, instance % 40, instance * 31);
	}

	/**
	 * The lease that an instance's record hangs on.
	 * @param instance the instance's number, from 0
	 * @return the lease's id
	 */
	public static long lease(int instance) {
		return 7_587_870_460_981_677_575L + instance;
	}

	/**
	 * An instance's record, sharing nothing with another.
	 * @param instance the instance's number, from 0
	 * @param revision the revision at which it was written
	 * @param origin how it came
	 * @return the record
	 */
	public RegistryRecord record(int instance, long revision, Origin origin) {
		return read(raw(instance, (int) (revision % 10)), revision, origin);
	}

	/**
	 * An instance's record before it is read.
	 * @param instance the instance's number, from 0
	 * @param version the version that it says it runs
	 * @return the record, of revision 1
	 */
	public RawRecord raw(int instance, int version) {
		return new RawRecord(key(instance), value(instance, version).getBytes(StandardCharsets.UTF_8), 1, 1,
				lease(instance), Origin.LIST);
	}

	/**
	 * Reads a record.
	 * @param raw the record
	 * @param revision the revision at which it was written
	 * @param origin how it came
	 * @return the record as the registry client has it
	 */
	public static RegistryRecord read(RawRecord raw, long revision, Origin origin) {
		return new RegistryRecord(raw.key(), revision, raw.lease(),
				READER.read(new RawRecord(raw.key(), raw.value(), 1, revision, raw.lease(), origin)));
	}

	/**
	 * All records as a list has them.
	 * @return the records; the one of instance i is of revision i + 1
	 */
	public List<RegistryRecord> records() {
		return IntStream.range(0, this.instances)
			.mapToObj((instance) -> record(instance, instance + 1L, Origin.LIST))
			.sorted((one, other) -> one.key().compareTo(other.key()))
			.toList();
	}

}
