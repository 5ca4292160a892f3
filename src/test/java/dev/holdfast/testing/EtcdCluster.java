package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.testing.EtcdProcess.Bootstrap;
import dev.holdfast.testing.EtcdProcess.Place;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.cluster.Member;

import static org.awaitility.Awaitility.await;

/**
 * A real etcd of three members on 127.0.0.1, 127.0.0.2 and 127.0.0.3, whose members can
 * be killed, paused, added and removed one by one, and whose data can be wiped, backed up
 * and restored. Proxies before its members are the caller's affair.
 */
public final class EtcdCluster implements AutoCloseable {

	// etcd's own default: with less, a busy machine elects again and again.
	private static final Duration ELECTION = Duration.ofSeconds(1);

	private static final int SIZE = 3;

	private static final int PORT_TRIES = 10;

	private final Path binary;

	private final EtcdOptions options;

	private final UnaryOperator<ClientBuilder> settings;

	private final List<EtcdProcess> members = new ArrayList<>();

	private int started;

	private int histories = 1;

	private EtcdCluster(EtcdOptions options, UnaryOperator<ClientBuilder> settings) {
		this.binary = EtcdBinary.find();
		this.options = options;
		this.settings = settings;
	}

	/**
	 * Starts a cluster.
	 * @return the running cluster, ready for requests
	 */
	public static EtcdCluster start() {
		return start(EtcdOptions.NONE, UnaryOperator.identity());
	}

	/**
	 * Starts a cluster.
	 * @param options how its members differ from the usual
	 * @param settings what a client needs to add and remove members, such as a password
	 * @return the running cluster, ready for requests
	 */
	public static EtcdCluster start(EtcdOptions options, UnaryOperator<ClientBuilder> settings) {
		for (int i = 1; true; i++) {
			EtcdCluster cluster = new EtcdCluster(options, settings);
			try {
				cluster.launch();
				return cluster;
			}
			catch (IllegalStateException ex) {
				boolean portTaken = cluster.members.stream().anyMatch(EtcdProcess::isPortTaken);
				cluster.close();
				if (!portTaken || i == PORT_TRIES) {
					throw ex;
				}
			}
		}
	}

	private void launch() {
		List<Place> places = IntStream.rangeClosed(1, SIZE).mapToObj(this::place).toList();
		Bootstrap first = bootstrap(places, false);
		places.forEach((place) -> this.members.add(EtcdProcess.launch(this.binary, place, this.options, first)));
		this.started = SIZE;
		awaitReady();
	}

	private Place place(int number) {
		return Place.choose("holdfast-" + number, "127.0.0." + number);
	}

	private Bootstrap bootstrap(List<Place> places, boolean existing) {
		return new Bootstrap(places.stream().map(Place::peer).collect(Collectors.joining(",")), existing,
				"holdfast-" + this.histories, ELECTION);
	}

	private List<Place> places() {
		return this.members.stream().map(EtcdProcess::place).toList();
	}

	/**
	 * The members, to be killed, paused and restarted; {@link EtcdProcess#relaunch()}
	 * where no majority runs.
	 * @return the members, oldest first, alive or not
	 */
	public List<EtcdProcess> members() {
		return List.copyOf(this.members);
	}

	/**
	 * The URLs for clients.
	 * @return a URL without path for each member
	 */
	public List<String> endpoints() {
		return this.members.stream().map(EtcdProcess::endpoint).toList();
	}

	/**
	 * Finds the leader, and waits until there is one.
	 * @return the member that leads
	 */
	public EtcdProcess leader() {
		return await()
			.until(() -> this.members.stream().filter(EtcdProcess::isLeader).toList(), (leaders) -> leaders.size() == 1)
			.getFirst();
	}

	/**
	 * Finds the members that do not lead.
	 * @return all members but the leader
	 */
	public List<EtcdProcess> followers() {
		EtcdProcess leader = leader();
		return this.members.stream().filter((member) -> member != leader).toList();
	}

	/**
	 * Adds a member on the next loopback address.
	 * @return the new member, ready for requests
	 */
	public EtcdProcess add() {
		EtcdProcess member = join(false);
		member.awaitReady();
		return member;
	}

	/**
	 * Adds a learner, which has the data and no vote, on the next loopback address.
	 * @return the learner, which refuses most requests
	 */
	public EtcdProcess addLearner() {
		return join(true);
	}

	private EtcdProcess join(boolean learner) {
		Place place = place(this.started + 1);
		// Right after an election etcd calls the cluster unhealthy, and refuses.
		tryUntilDone((keys) -> {
			if (find(keys, place).isEmpty()) {
				keys.call(
						(client) -> client.getClusterClient().addMember(List.of(URI.create(place.peerUrl())), learner));
			}
		});
		this.started++;
		List<Place> all = new ArrayList<>(places());
		all.add(place);
		EtcdProcess member = EtcdProcess.launch(this.binary, place, this.options, bootstrap(all, true));
		this.members.add(member);
		return member;
	}

	/**
	 * Removes a member from the cluster, and ends it.
	 * @param member the member, alive or not
	 */
	public void remove(EtcdProcess member) {
		tryUntilDone((keys) -> find(keys, member.place())
			.ifPresent((known) -> keys.call((client) -> client.getClusterClient().removeMember(known.getId()))));
		this.members.remove(member);
		member.close();
	}

	/**
	 * Kills all members at once.
	 */
	public void kill() {
		this.members.forEach(EtcdProcess::kill);
	}

	/**
	 * Starts all members again with their data, and waits until they are ready.
	 */
	public void restart() {
		this.members.forEach(EtcdProcess::relaunch);
		awaitReady();
	}

	/**
	 * Deletes all data, as somebody does who "starts afresh": the cluster's id stays the
	 * same, and its revision begins at 1.
	 */
	public void wipe() {
		kill();
		Bootstrap anew = bootstrap(places(), false);
		this.members.forEach((member) -> member.relaunch(anew));
		awaitReady();
	}

	/**
	 * Puts a new cluster in the place of this one: at the same addresses, without data,
	 * with another id.
	 */
	public void replace() {
		this.histories++;
		wipe();
	}

	/**
	 * Stops all members in order, copies their data, and starts them again.
	 * @param folder where to copy the data to, a folder that exists
	 */
	public void backUp(Path folder) {
		this.members.forEach(EtcdProcess::stop);
		this.members.forEach((member) -> copy(member.data(), folder.resolve(member.place().name())));
		restart();
	}

	/**
	 * Kills all members, puts back their data, and starts them again: the cluster's id
	 * stays the same, and its revision is smaller than it was.
	 * @param folder where {@link #backUp} copied the data of the same members to
	 */
	public void restore(Path folder) {
		kill();
		for (EtcdProcess member : this.members) {
			delete(member.data());
			copy(folder.resolve(member.place().name()), member.data());
		}
		restart();
	}

	/**
	 * Kills all members and deletes their data.
	 */
	@Override
	public void close() {
		this.members.forEach(EtcdProcess::close);
	}

	private void awaitReady() {
		this.members.forEach(EtcdProcess::awaitReady);
	}

	// An answer may be lost, and etcd refuses to do the same again: a call looks first.
	private void tryUntilDone(Consumer<EtcdKeys> call) {
		await().ignoreExceptionsInstanceOf(IllegalStateException.class).until(() -> {
			List<String> alive = this.members.stream().filter(EtcdProcess::isAlive).map(EtcdProcess::endpoint).toList();
			try (EtcdKeys keys = new EtcdKeys(alive, this.settings)) {
				call.accept(keys);
				return true;
			}
		});
	}

	private static Optional<Member> find(EtcdKeys keys, Place place) {
		return keys.call((client) -> client.getClusterClient().listMember())
			.getMembers()
			.stream()
			.filter((member) -> member.getPeerURIs().contains(URI.create(place.peerUrl())))
			.findFirst();
	}

	private static void delete(Path folder) {
		try {
			Folders.delete(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void copy(Path from, Path to) {
		try (Stream<Path> walk = Files.walk(from)) {
			for (Path path : walk.toList()) {
				// Attributes as well: etcd refuses a folder that others may read.
				Files.copy(path, to.resolve(from.relativize(path).toString()), StandardCopyOption.COPY_ATTRIBUTES);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
