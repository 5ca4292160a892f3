package dev.holdfast.registry.format;

import java.util.stream.Stream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;

/**
 * Kitex: {@code kitex/registry-etcd/<service>/<address>} holds
 * {@code {"network":"tcp","address":"10.0.0.5:8888","weight":10,"tags":null}}
 * (kitex-contrib/registry-etcd, common.go and etcd_resolver.go). The record does not say
 * whether Thrift or gRPC is spoken, so the source's scheme does.
 */
final class KitexFormat implements RecordFormat {

	// In Kitex' units, in which the weights of its other instances are: etcd_resolver.go.
	private static final int DEFAULT_WEIGHT = 10;

	@Override
	public String name() {
		return "kitex";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		// The four are always written, whatever they are, and may be kept under any
		// prefix.
		return isConfiguration(entry) || (Stream.of("network", "address", "weight", "tags").allMatch(entry::hasMember)
				&& !entry.hasMember("url"));
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return isConfiguration(entry);
	}

	// kitex-contrib/config-etcd, etcd/parser.go, EtcdDefaultConfigPrefix.
	private static boolean isConfiguration(RecordEntry entry) {
		return entry.isIn("KitexConfig");
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		return isConfiguration(entry) ? new ParsedRecord.Ignored("configuration of Kitex, not a service")
				: read(this, entry, entry.defaultScheme());
	}

	/**
	 * Reads what Kitex and Hertz write alike.
	 * @param format the one of them
	 * @param entry the record
	 * @param scheme the protocol spoken at the address
	 * @return what the record registers, or why it registers nothing
	 * @throws UnreadableRecordException if it cannot be read
	 */
	static ParsedRecord read(RecordFormat format, RecordEntry entry, Scheme scheme) throws UnreadableRecordException {
		JsonMembers members = new JsonMembers(entry.object());
		String network = members.textOrEmpty("network");
		if (network.startsWith("unix") || network.startsWith("udp")) {
			return new ParsedRecord.Ignored("the network is %s, not TCP".formatted(Excerpt.of(network)));
		}
		Endpoint endpoint = RecordEntry.endpoint("address", members.textOrEmpty("address"), scheme);
		int weight = members.number("weight", Integer.MIN_VALUE, Integer.MAX_VALUE, DEFAULT_WEIGHT);
		return entry.registered(format, endpoint, (weight > 0) ? weight : DEFAULT_WEIGHT, "", "",
				members.metadata("tags"));
	}

}
