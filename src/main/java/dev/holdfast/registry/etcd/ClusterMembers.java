package dev.holdfast.registry.etcd;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.holdfast.registry.MemberState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's members, and whose turn it is: the configured endpoints always, and those
 * that the cluster lists. Safe on any thread.
 */
final class ClusterMembers {

	private static final Logger logger = LoggerFactory.getLogger(ClusterMembers.class);

	private final List<Member> configured;

	private final AtomicInteger turn = new AtomicInteger();

	private volatile List<Member> all;

	private volatile boolean undiscovered;

	private volatile String alarm = "";

	/** By the ids of the members that raised them. */
	private volatile Map<Long, SortedSet<String>> alarms = Map.of();

	ClusterMembers(List<URI> endpoints) {
		this.configured = endpoints.stream().map(Member::new).toList();
		this.all = this.configured;
	}

	/**
	 * Takes the next member in turn.
	 */
	Member next() {
		List<Member> now = this.all;
		return now.get(Math.floorMod(this.turn.getAndIncrement(), now.size()));
	}

	/**
	 * Takes over what the cluster lists. Passed over are URLs of the other scheme, by
	 * which a password could be sent in the clear, and, unless an endpoint is one as
	 * well, loopback addresses, which etcd advertises when nobody told it better.
	 * @param urls client URLs of the members that can be asked
	 */
	synchronized void discovered(List<URI> urls) {
		this.undiscovered = false;
		Map<String, Member> known = new LinkedHashMap<>();
		this.all.forEach((member) -> known.put(place(member.url()), member));
		Map<String, Member> next = new LinkedHashMap<>();
		this.configured.forEach((member) -> next.put(place(member.url()), member));
		urls.stream()
			.filter(this::isUsable)
			.forEach((url) -> next.computeIfAbsent(place(url),
					(place) -> known.containsKey(place) ? known.get(place) : new Member(url)));
		if (!next.keySet().equals(known.keySet())) {
			logger.info("The members of etcd's cluster are {}", next.keySet());
		}
		this.all = List.copyOf(next.values());
	}

	/**
	 * Notes that the cluster did not list its members; those known so far stay.
	 */
	void undiscovered(String reason) {
		if (!this.undiscovered) {
			this.undiscovered = true;
			logger.warn("etcd does not list its members: {}; {} stay in use", reason,
					this.all.stream().map(Member::url).toList());
		}
	}

	private boolean isUsable(URI url) {
		boolean local = this.configured.stream().anyMatch((member) -> isLocal(member.url()));
		return this.configured.getFirst().url().getScheme().equalsIgnoreCase(url.getScheme()) && url.getHost() != null
				&& url.getPort() > 0 && (local || !isLocal(url));
	}

	private static boolean isLocal(URI url) {
		return url.getHost() != null && url.getHost().matches("localhost|127\\..*|0\\.0\\.0\\.0|\\[::1?]");
	}

	private static String place(URI url) {
		return "%s://%s:%d".formatted(url.getScheme(), url.getHost(), url.getPort()).toLowerCase(Locale.ROOT);
	}

	/**
	 * All members that are known.
	 */
	List<Member> all() {
		return this.all;
	}

	/**
	 * Notes the alarms that members have raised, of which each is the whole cluster's.
	 * @param raised their names by the id of the member, empty when all is well
	 */
	void alarms(Map<Long, SortedSet<String>> raised) {
		this.alarms = raised;
		SortedSet<String> types = types(raised);
		String before = this.alarm;
		this.alarm = types.isEmpty() ? ""
				: "etcd has raised the alarm %s: it refuses to be written to, so nothing new can register"
					.formatted(String.join(" and ", types));
		if (!this.alarm.equals(before)) {
			if (types.isEmpty()) {
				logger.info("etcd has withdrawn its alarm");
			}
			else {
				logger.warn("{}; what is registered stays", this.alarm);
			}
		}
	}

	private static SortedSet<String> types(Map<Long, SortedSet<String>> raised) {
		return raised.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
	}

	List<MemberState> states() {
		String alarmed = this.alarm;
		Map<Long, SortedSet<String>> raised = this.alarms;
		return this.all.stream().map((member) -> {
			MemberState state = member.state();
			MemberState shown = state.healthy().orElse(false) ? state.withError(alarmed) : state;
			return shown.saying(member.version(), List.copyOf(alarmsOf(member, raised)));
		}).toList();
	}

	/** Whoever has not told its id may be the one that raised any of them. */
	private static Set<String> alarmsOf(Member member, Map<Long, SortedSet<String>> raised) {
		return (member.id() != 0) ? raised.getOrDefault(member.id(), Collections.emptySortedSet()) : types(raised);
	}

}
