package dev.holdfast.registry.etcd;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Registrations in etcd. Every connection is a client of its own on one member: jetcd's
 * channel cannot be told to try again now, and its balancing hides which member answers.
 */
public final class EtcdSource implements RegistrySource {

	private final EtcdSettings settings;

	private final Limits limits;

	private final EtcdDialler dialler;

	private final ClusterMembers members;

	private final PageSize pageSize;

	private volatile @Nullable EtcdConnection running;

	/**
	 * Creates the source; connects to nothing yet.
	 * @param settings how to reach etcd
	 * @throws IllegalArgumentException if nothing is to be read there
	 */
	public EtcdSource(EtcdSettings settings) {
		this(settings, Limits.USUAL, Resolver.system());
	}

	EtcdSource(EtcdSettings settings, Limits limits, Resolver resolver) {
		if (settings.prefixes().isEmpty()) {
			throw new IllegalArgumentException("registry sources: none (expected: at least one)");
		}
		this.settings = settings;
		this.limits = limits;
		this.dialler = new EtcdDialler(settings, limits.messageSize(), resolver);
		this.members = new ClusterMembers(settings.endpoints());
		this.pageSize = new PageSize(limits.pageSize());
	}

	@Override
	public RegistryConnection connect(Consumer<Signal> sink) {
		EtcdConnection connection = new EtcdConnection(this.dialler::dial, this.settings, this.limits, this.pageSize,
				this.members, sink);
		this.running = connection;
		return connection;
	}

	/**
	 * Ends the running connection, if there is one, so that the next one is made with the
	 * TLS material of now: etcd would go on accepting a certificate that has expired or
	 * was withdrawn for as long as the connection lasts.
	 */
	public void tlsChanged() {
		EtcdConnection connection = this.running;
		if (connection != null) {
			connection.giveUp(EndCause.TLS_CHANGED, "the TLS material changed: a new connection is made with it");
		}
	}

	@Override
	public List<MemberState> members() {
		return this.members.states();
	}

	/**
	 * How much is taken in at once.
	 *
	 * @param messageSize bytes of one message; a watch response above jetcd's default of
	 * 4 MiB would end the watch (jetcd#745)
	 * @param pageSize records of one page: well below etcd's limits on a response, few
	 * enough to be quick
	 * @param alarmInterval the least time between two questions for the cluster's alarms
	 */
	record Limits(int messageSize, int pageSize, Duration alarmInterval) {

		static final Limits USUAL = new Limits(256 * 1024 * 1024, 2_000, Duration.ofSeconds(30));

	}

}
