package dev.holdfast.registry.format;

import dev.holdfast.service.Reading;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * A record as the formats see it: its key cut at the source's prefix, its value decoded,
 * and, where it is a JSON object, parsed once for all of them.
 *
 * @param raw the record
 * @param path the part of the key behind the source's prefix, without a leading slash
 * @param text the value without surrounding white space
 * @param json the value as a JSON object, {@code null} when it does not begin like one
 * @param defaultScheme what an address without a scheme means
 */
record RecordEntry(RawRecord raw, String path, String text, @Nullable ObjectNode json, Scheme defaultScheme) {

	/**
	 * The part of the path before its last slash.
	 * @return the service's path, empty when the key has no service section
	 */
	String servicePath() {
		return this.path.substring(0, Math.max(this.path.lastIndexOf('/'), 0));
	}

	/**
	 * The JSON object that the value must be.
	 * @return the object
	 * @throws UnreadableRecordException if the value is something else
	 */
	ObjectNode object() throws UnreadableRecordException {
		if (this.json == null) {
			throw UnreadableRecordException.unexpected("value", this.text, "a JSON object");
		}
		return this.json;
	}

	/**
	 * Reads an address.
	 * @param what what the address is of, such as {@code url}
	 * @param address the address
	 * @param scheme what an address without a scheme means
	 * @return the endpoint
	 * @throws UnreadableRecordException if it is no address
	 */
	static Endpoint endpoint(String what, String address, Scheme scheme) throws UnreadableRecordException {
		try {
			return Endpoint.parse(address, scheme);
		}
		catch (IllegalArgumentException ex) {
			throw UnreadableRecordException.unexpected(what, address,
					"host:port or scheme://host:port, scheme one of http, https, grpc, grpcs, port 1 to 65535");
		}
	}

	/**
	 * Gives the reading of a record that registers one instance, which has the key's last
	 * segment for its id.
	 * @param format the format that read it
	 * @param endpoint where the instance listens
	 * @param weight its weight
	 * @param zone its zone, or empty
	 * @param version its version, or empty
	 * @param metadata what else it said of itself
	 * @return the reading
	 * @throws UnreadableRecordException if the key names no service and instance, or a
	 * text cannot be encoded
	 */
	Reading registered(RecordFormat format, Endpoint endpoint, int weight, String zone, String version,
			Map<String, String> metadata) throws UnreadableRecordException {
		ServiceName service = service();
		String id = this.path.substring(this.path.lastIndexOf('/') + 1);
		if (id.isEmpty()) {
			throw UnreadableRecordException.unexpected("key", this.raw.key(), "an instance behind the last slash");
		}
		requireEncodable(zone);
		requireEncodable(version);
		for (Map.Entry<String, String> entry : metadata.entrySet()) {
			requireEncodable(entry.getKey());
			requireEncodable(entry.getValue());
		}
		Registration registration = new Registration(this.raw.key(), format.name(), this.raw.createRevision(),
				this.raw.modRevision(), this.raw.lease(), this.raw.origin());
		return new Reading.Registered(service,
				List.of(new Instance(id, endpoint, weight, zone, version, metadata, registration)));
	}

	private ServiceName service() throws UnreadableRecordException {
		String name = servicePath().replace('/', '-');
		if (!ServiceName.isValid(name)) {
			throw UnreadableRecordException.unexpected("key", this.raw.key(),
					"<prefix><service>/<instance>, the service of 1 to 253 characters without white space");
		}
		return new ServiceName(name);
	}

	// JSON can escape half of a surrogate pair, which nothing downstream can write as
	// UTF-8.
	private static void requireEncodable(String text) throws UnreadableRecordException {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				requirePair(text, i++);
			}
		}
	}

	private static void requirePair(String text, int start) throws UnreadableRecordException {
		if (!Character.isSupplementaryCodePoint(text.codePointAt(start))) {
			throw UnreadableRecordException.unexpected("value", text, "whole Unicode characters");
		}
	}

}
