package dev.holdfast.registry.format;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
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

	/** One for all sources, since their records repeat the same. */
	private static final RepeatedTexts TEXTS = new RepeatedTexts();

	/** The most instances that one record registers. */
	static final int MAX_INSTANCES = 1_000;

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
	 * Tells whether the value is an object that has a member, be it {@code null}.
	 * @param name the member's name
	 * @return whether it is there
	 */
	boolean hasMember(String name) {
		return this.json != null && this.json.has(name);
	}

	/**
	 * Reads an address. A URL's path is what the paths of the instance's requests begin
	 * with.
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
					"host:port or scheme://host:port/path, scheme one of http, https, grpc, grpcs, port 1 to 65535, "
							+ "no user info, query or fragment, no dot segment in the path");
		}
	}

	/**
	 * Reads a URL whose path and all behind it mean nothing to HTTP.
	 * @param what what the URL is of, such as {@code key}
	 * @param url the URL
	 * @param scheme what an address without a scheme means
	 * @return the endpoint
	 * @throws UnreadableRecordException if it is no address
	 */
	static Endpoint origin(String what, String url, Scheme scheme) throws UnreadableRecordException {
		int separator = url.indexOf("://");
		if (separator < 0) {
			return endpoint(what, url, scheme);
		}
		int end = separator + 3;
		while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
			end++;
		}
		return endpoint(what, url.substring(0, end), scheme);
	}

	/**
	 * Makes an endpoint of a host and a port.
	 * @param what what the host is of, such as {@code host}
	 * @param host the host, an IPv6 address with or without brackets
	 * @param port the port, 0 when absent
	 * @param scheme the protocol spoken there
	 * @return the endpoint
	 * @throws UnreadableRecordException if they cannot be connected to
	 */
	static Endpoint endpoint(String what, String host, int port, Scheme scheme) throws UnreadableRecordException {
		if (port == 0) {
			throw UnreadableRecordException.unexpected("port", "", "a whole number from 1 to 65535 beside " + what);
		}
		boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
		try {
			return new Endpoint(scheme, bracketed ? host.substring(1, host.length() - 1) : host, port);
		}
		catch (IllegalArgumentException ex) {
			throw UnreadableRecordException.unexpected(what, host, "a name or an IP address");
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
	ParsedRecord registered(RecordFormat format, Endpoint endpoint, int weight, String zone, String version,
			Map<String, String> metadata) throws UnreadableRecordException {
		ServiceName service = service();
		return registered(service, List.of(instance(format, id(), endpoint, weight, zone, version, metadata)));
	}

	/**
	 * Gives the reading of a record that registers instances. Of several that claim one
	 * id the last counts, as it does with the projects that write more than one.
	 * @param service the service
	 * @param instances the instances
	 * @return the reading
	 */
	static ParsedRecord registered(ServiceName service, List<Instance> instances) {
		Map<String, Instance> byId = LinkedHashMap.newLinkedHashMap(instances.size());
		instances.forEach((instance) -> byId.put(instance.id(), instance));
		return new ParsedRecord.Registered(service, List.copyOf(byId.values()));
	}

	/**
	 * Makes an instance of this record.
	 * @param format the format that read it
	 * @param id its id
	 * @param endpoint where it listens
	 * @param weight its weight
	 * @param zone its zone, or empty
	 * @param version its version, or empty
	 * @param metadata what else it said of itself
	 * @return the instance
	 * @throws UnreadableRecordException if the id is empty or a text cannot be encoded
	 */
	Instance instance(RecordFormat format, String id, Endpoint endpoint, int weight, String zone, String version,
			Map<String, String> metadata) throws UnreadableRecordException {
		if (id.isEmpty()) {
			throw UnreadableRecordException.unexpected("id", id, "at least one character");
		}
		requireEncodable(id);
		requireEncodable(zone);
		requireEncodable(version);
		for (Map.Entry<String, String> entry : metadata.entrySet()) {
			requireEncodable(entry.getKey());
			requireEncodable(entry.getValue());
		}
		Registration registration = new Registration(this.raw.key(), format.name(), this.raw.createRevision(),
				this.raw.modRevision(), this.raw.lease(), this.raw.origin());
		return new Instance(id, endpoint, weight, TEXTS.shared(zone), TEXTS.shared(version), shared(metadata),
				registration);
	}

	private Map<String, String> shared(Map<String, String> metadata) {
		Map<String, String> shared = HashMap.newHashMap(metadata.size());
		metadata.forEach((name, value) -> shared.put(TEXTS.shared(name), TEXTS.shared(value)));
		return shared;
	}

	/**
	 * The key's last segment.
	 * @return the id that the key gives to an instance
	 * @throws UnreadableRecordException if the key ends with a slash
	 */
	String id() throws UnreadableRecordException {
		String id = lastSegment();
		if (id.isEmpty()) {
			throw UnreadableRecordException.unexpected("key", this.raw.key(), "an instance behind the last slash");
		}
		return id;
	}

	/**
	 * What is behind the key's last slash.
	 * @return the segment, empty when the key ends with a slash
	 */
	String lastSegment() {
		return this.path.substring(this.path.lastIndexOf('/') + 1);
	}

	/**
	 * One of the full key's segments, for formats that are known by a folder which may be
	 * part of the source's prefix.
	 * @param fromEnd how many segments stand behind it
	 * @return the segment, empty when the key has fewer
	 */
	String segment(int fromEnd) {
		String key = this.raw.key();
		int end = key.length();
		for (int i = 0; i < fromEnd && end > 0; i++) {
			end = Math.max(key.lastIndexOf('/', end - 1), 0);
		}
		return key.substring(key.lastIndexOf('/', end - 1) + 1, end);
	}

	/**
	 * Tells whether the full key begins with a folder.
	 * @param folder the folder's path without slashes around it
	 * @return whether the key is in this folder
	 */
	boolean isIn(String folder) {
		String key = this.raw.key();
		return key.startsWith(folder + "/", key.startsWith("/") ? 1 : 0);
	}

	/**
	 * Tells whether the key is that of a folder, or is in it.
	 * @param folder the folder's path without slashes around it
	 * @return whether the key is the folder's own or one below it
	 */
	boolean isAtOrIn(String folder) {
		return isIn(folder) || this.raw.key().equals(folder) || this.raw.key().equals("/" + folder);
	}

	/**
	 * The service that the key names.
	 * @return the service
	 * @throws UnreadableRecordException if the key names none
	 */
	ServiceName service() throws UnreadableRecordException {
		return service(servicePath());
	}

	/**
	 * Makes a service of a path.
	 * @param servicePath the path; its slashes become dashes
	 * @return the service
	 * @throws UnreadableRecordException if the path cannot name a service
	 */
	ServiceName service(String servicePath) throws UnreadableRecordException {
		String name = servicePath.replace('/', '-');
		if (!isServiceName(name)) {
			throw UnreadableRecordException.unexpected("key", this.raw.key(),
					"<prefix><service>/<instance>, the service of 1 to 253 characters without white space");
		}
		return TEXTS.service(name);
	}

	/**
	 * Tells whether a text can name a service and be encoded.
	 * @param name the text
	 * @return whether it is a service's name
	 */
	static boolean isServiceName(String name) {
		return ServiceName.isValid(name) && isEncodable(name);
	}

	/**
	 * Holds a name in the value against the key, which is what counts: etcd's permissions
	 * are given by key.
	 * @param what the member that holds the name
	 * @param name the name, {@code null} when the value has none
	 * @throws UnreadableRecordException if they name different services
	 */
	void requireSameName(String what, @Nullable String name) throws UnreadableRecordException {
		String path = servicePath();
		if (name != null && !("/" + path).endsWith("/" + name)) {
			throw UnreadableRecordException.unexpected(what, name, Excerpt.of(path) + " as in the key");
		}
	}

	/**
	 * Bounds what one record can register, since a gateway compares and probes each
	 * instance by itself.
	 * @param what what holds the instances
	 * @param count how many there are
	 * @throws UnreadableRecordException if they are more than {@value #MAX_INSTANCES}
	 */
	static void requireFew(String what, int count) throws UnreadableRecordException {
		if (count > MAX_INSTANCES) {
			throw new UnreadableRecordException(
					"%s: %d instances in one record (expected: at most %d)".formatted(what, count, MAX_INSTANCES));
		}
	}

	/**
	 * Chooses from the endpoints of one instance: the first of the source's protocol, or
	 * else the first.
	 * @param endpoints the endpoints, at least one
	 * @return the endpoint to connect to
	 */
	Endpoint choose(List<Endpoint> endpoints) {
		for (Endpoint endpoint : endpoints) {
			if (isGrpc(endpoint.scheme()) == isGrpc(this.defaultScheme)) {
				return endpoint;
			}
		}
		return endpoints.getFirst();
	}

	/**
	 * Tells gRPC from HTTP.
	 * @param scheme the protocol
	 * @return whether it is gRPC, with or without TLS
	 */
	static boolean isGrpc(Scheme scheme) {
		return switch (scheme) {
			case GRPC, GRPCS -> true;
			case HTTP, HTTPS -> false;
		};
	}

	// JSON can escape half of a surrogate pair, which nothing downstream can write as
	// UTF-8.
	private static void requireEncodable(String text) throws UnreadableRecordException {
		if (!isEncodable(text)) {
			throw UnreadableRecordException.unexpected("value", text, "whole Unicode characters");
		}
	}

	private static boolean isEncodable(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
					return false;
				}
				i++;
			}
		}
		return true;
	}

}
