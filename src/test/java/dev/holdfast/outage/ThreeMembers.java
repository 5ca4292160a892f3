package dev.holdfast.outage;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdCluster;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Folders;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TcpProxy;

/**
 * An etcd of three members, each behind a proxy, which tells the one that is watched.
 */
final class ThreeMembers extends Stage {

	private final EtcdCluster cluster = open(EtcdCluster.start());

	private final List<EtcdProcess> members = this.cluster.members();

	private final List<TcpProxy> proxies = this.members.stream()
		.map((member) -> open(TcpProxy.before(member.address(), member.port())))
		.toList();

	private final Set<EtcdProcess> away = new HashSet<>();

	private final Folders.Temporary backup = open(Folders.temporary("holdfast-backup-"));

	private final GatewayProcess gateway;

	ThreeMembers(Closer closer) {
		super(closer);
		register();
		// What gateways share has a connection of its own, which would be taken for the
		// registry's here.
		this.gateway = open(GatewayProcess.with(this.proxies.stream().map(TcpProxy::url).toArray(String[]::new))
			.arguments("--holdfast.cluster.enabled=false")
			.start());
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	EtcdCluster cluster() {
		return this.cluster;
	}

	/** Where a backup goes. */
	Folders.Temporary backup() {
		return this.backup;
	}

	/** The member that the gateway is connected to. */
	EtcdProcess watched() {
		for (int i = 0; i < this.members.size(); i++) {
			if (this.proxies.get(i).connections() > 0) {
				return this.members.get(i);
			}
		}
		throw new IllegalStateException("the gateway is connected to no member");
	}

	/** The members that the gateway is not connected to, followers first. */
	List<EtcdProcess> others() {
		EtcdProcess watched = watched();
		EtcdProcess leader = this.cluster.leader();
		return this.members.stream()
			.filter((member) -> member != watched)
			.sorted((a, b) -> Boolean.compare(a == leader, b == leader))
			.toList();
	}

	/** Does something to a member that then answers nobody. */
	void take(EtcdProcess member, Consumer<EtcdProcess> action) {
		this.away.add(member);
		action.accept(member);
	}

	/** Brings all members back that were taken, and waits until they answer. */
	void giveBack(Consumer<EtcdProcess> action) {
		this.away.forEach(action);
		this.away.clear();
		this.members.forEach((member) -> {
			try (EtcdKeys keys = new EtcdKeys(member.endpoint())) {
				keys.get("/anything");
			}
		});
	}

	@Override
	void put(String key, String value) {
		ask((keys) -> keys.putOnce(key, value));
	}

	@Override
	void delete(String key) {
		ask((keys) -> keys.delete(key));
	}

	private void ask(Consumer<EtcdKeys> call) {
		List<String> alive = this.members.stream()
			.filter((member) -> !this.away.contains(member))
			.map(EtcdProcess::endpoint)
			.toList();
		try (EtcdKeys keys = new EtcdKeys(alive, UnaryOperator.identity())) {
			call.accept(keys);
		}
	}

}
