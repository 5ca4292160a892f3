package dev.holdfast.upstream;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;

/**
 * What the tests register.
 */
final class Registered {

	static final ServiceName ORDERS = new ServiceName("orders");

	private Registered() {
	}

	static Instance instance(String id) {
		return instance(id, 8080, Instance.DEFAULT_WEIGHT, 1);
	}

	static Instance weighted(String id, int weight) {
		return instance(id, 8080, weight, 1);
	}

	static Instance instance(String id, int port, int weight, long modRevision) {
		return instance(id, port, weight, 1, modRevision);
	}

	/**
	 * Registers an instance whose record had gone.
	 */
	static Instance recreated(String id, long revision) {
		return instance(id, 8080, Instance.DEFAULT_WEIGHT, revision, revision);
	}

	/**
	 * Registers an instance that came to the gateway by another way than the watch.
	 */
	static Instance by(Registration.Origin origin, String id) {
		return new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", 8080), Instance.DEFAULT_WEIGHT, "", "", Map.of(),
				new Registration("/services/orders/" + id, "plain", 1, 1, 0, origin));
	}

	static Instance inZone(String zone, String id) {
		return new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", 8080), Instance.DEFAULT_WEIGHT, zone, "",
				Map.of(), instance(id).registration());
	}

	static Instance ofVersion(String version, String id, Map<String, String> metadata) {
		return new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", 8080), Instance.DEFAULT_WEIGHT, "", version,
				metadata, instance(id).registration());
	}

	private static Instance instance(String id, int port, int weight, long createRevision, long modRevision) {
		Registration registration = new Registration("/services/orders/" + id, "plain", createRevision, modRevision, 0,
				Registration.Origin.WATCH);
		return new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", port), weight, "", "", Map.of(), registration);
	}

	static void register(Upstreams upstreams, ServiceName name, List<Instance> instances) {
		upstreams.onSnapshot(Snapshot.EMPTY.with(new Service(name, instances, 1)), Set.of(name));
	}

	static Upstream orders(Upstreams upstreams, Instance... instances) {
		register(upstreams, ORDERS, Arrays.asList(instances));
		Upstream upstream = upstreams.find(ORDERS);
		if (upstream == null) {
			throw new AssertionError("orders was not registered");
		}
		return upstream;
	}

	/**
	 * Chooses for many first tries, none of which is made, and counts by instance.
	 */
	static Map<String, Integer> count(Upstream upstream, Demand demand, int choices) {
		Map<String, Integer> counts = new TreeMap<>();
		for (int i = 0; i < choices; i++) {
			UpstreamInstance chosen = upstream.choose(List.of(), demand);
			if (chosen == null) {
				throw new AssertionError("nothing chosen from " + upstream.instances());
			}
			counts.merge(chosen.instance().id(), 1, Integer::sum);
		}
		return counts;
	}

	static void end(UpstreamInstance instance, Outcome outcome, int times) {
		for (int i = 0; i < times; i++) {
			instance.end(outcome, instance.start());
		}
	}

	static UpstreamInstance named(Upstream upstream, String id) {
		return upstream.instances()
			.stream()
			.filter((candidate) -> candidate.instance().id().equals(id))
			.findFirst()
			.orElseThrow();
	}

}
