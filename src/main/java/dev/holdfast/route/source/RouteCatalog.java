package dev.holdfast.route.source;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.document.RouteParser;
import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All places that routes are written in, and what of them is in force. Of two routes of
 * one id one is: the configuration comes before the folder and that before etcd, and of
 * one of these the first by its file's name or its key. Whoever finds changes applies
 * them on his own thread, one at a time; what is in force is replaced as a whole.
 */
public final class RouteCatalog {

	private static final Logger logger = LoggerFactory.getLogger(RouteCatalog.class);

	/** Thousands of routes may change at once. */
	private static final int LINES = 10;

	private final List<ConfiguredRoute> configured;

	private final RoutePolicy defaults;

	private final RouteParser parser;

	private final ActiveRoutes active;

	private final Clock clock;

	private final Instant begun;

	private final List<RouteListener> listeners;

	private final QuarantineLog log = new QuarantineLog();

	/** Guards the documents; held while one change of a source is applied. */
	private final ReentrantLock lock = new ReentrantLock();

	/** What is to be told, in the order in which it came into force. */
	private final Queue<Publication> untold = new ConcurrentLinkedQueue<>();

	/** Held while that is told; taken without the other one. */
	private final ReentrantLock telling = new ReentrantLock();

	private final TreeMap<DocumentPlace, DocumentEntry> documents = new TreeMap<>(
			Comparator.comparing(DocumentPlace::source).thenComparing(DocumentPlace::place));

	private Revision revision = Revision.NONE;

	/** Whether documents differ from what was made of them. */
	private boolean unpublished;

	private List<Route> inForce = List.of();

	private volatile List<RouteStatus> statuses = List.of();

	/**
	 * Creates it with the routes of the configuration, which are in force at once.
	 * @param configured the routes of the configuration
	 * @param defaults what applies where a route says nothing
	 * @param bundles the SSL bundles that routes of other sources may name
	 * @param active what is in force
	 * @param clock the time of day
	 * @param listeners told of what has changed
	 */
	public RouteCatalog(List<ConfiguredRoute> configured, RoutePolicy defaults, Set<String> bundles,
			ActiveRoutes active, Clock clock, List<RouteListener> listeners) {
		this.configured = List.copyOf(configured);
		this.defaults = defaults;
		this.parser = new RouteParser(defaults, bundles);
		this.active = active;
		this.clock = clock;
		this.begun = clock.instant();
		this.listeners = List.copyOf(listeners);
		publish();
		tell(List.of());
	}

	/**
	 * Return how it stands with every route that is written somewhere; never blocks.
	 * @return the routes, by their sources and places
	 */
	public List<RouteStatus> statuses() {
		return this.statuses;
	}

	/**
	 * Return when the routes of the configuration came into force.
	 * @return the time of the start
	 */
	public Instant begun() {
		return this.begun;
	}

	/**
	 * Return the same route under other defaults, to find out which of its values are its
	 * own.
	 * @param status the route
	 * @param others the defaults
	 * @return the route, empty when it is in force no longer
	 */
	public Optional<Route> under(RouteStatus status, RoutePolicy others) {
		RouteOrigin origin = status.origin();
		if (origin.source() == Source.CONFIGURATION) {
			return this.configured.stream()
				.filter((route) -> route.key().equals(origin.place()))
				.map((route) -> route.route().apply(others))
				.findFirst();
		}
		DocumentEntry document = find(new DocumentPlace(origin.source(), origin.place()));
		List<DocumentEntry.Form> forms = (document != null) ? document.forms() : List.of();
		RouteParser other = new RouteParser(others);
		return forms.stream()
			.filter((form) -> form.parsed().routes().stream().anyMatch((route) -> route.id().equals(status.id())))
			.flatMap((form) -> other.parse(form.text(), origin.place()).parsed().stream())
			.flatMap((parsed) -> parsed.routes().stream())
			.filter((route) -> route.id().equals(status.id()))
			.findFirst();
	}

	private @Nullable DocumentEntry find(DocumentPlace place) {
		this.lock.lock();
		try {
			return this.documents.get(place);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Applies changes of a source's documents, all at once.
	 */
	void apply(Source source, List<DocumentChange> changes) {
		this.lock.lock();
		try {
			for (DocumentChange change : changes) {
				this.unpublished |= apply(new DocumentPlace(source, change.place()), change);
			}
			if (this.unpublished) {
				publish();
			}
		}
		finally {
			this.lock.unlock();
		}
		tell(this.listeners);
	}

	private boolean apply(DocumentPlace place, DocumentChange change) {
		DocumentEntry before = this.documents.get(place);
		DocumentEntry after = switch (change) {
			case DocumentChange.Removed removed -> null;
			case DocumentChange.Held(String key, DocumentHold hold) -> (before != null) ? before.withHold(hold) : null;
			case DocumentChange.Written written when before != null && before.content().equals(written.content()) ->
				new DocumentEntry(written.content(), written.modRevision(), written.lease(), before.forms(),
						before.flaws(), null);
			case DocumentChange.Written written -> DocumentEntry.read(before, written, this.parser);
		};
		if (after != null) {
			this.documents.put(place, after);
		}
		else {
			this.documents.remove(place);
		}
		return !Objects.equals(before, after);
	}

	/**
	 * Takes note of how far etcd's history is known.
	 */
	void known(Revision known) {
		this.lock.lock();
		try {
			this.revision = known;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes note of how long held documents still stay, to be kept across restarts.
	 */
	void timeLeft(Source source, Map<String, Duration> times) {
		this.lock.lock();
		try {
			times.forEach((key, left) -> this.documents.computeIfPresent(new DocumentPlace(source, key),
					(place, entry) -> entry.withTimeLeft(left)));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return what is to be kept across restarts.
	 */
	SavedRoutes toSave() {
		this.lock.lock();
		try {
			return SavedRoutes.of(this.revision, this.documents);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Starts from what an earlier process has saved: puts in force what it could use of
	 * etcd's documents, and remembers the forms of files, of which those count that are
	 * still there.
	 */
	void restore(SavedRoutes saved) {
		this.lock.lock();
		try {
			this.revision = saved.revision();
			saved.restore(this.parser).forEach(this.documents::putIfAbsent);
			publish();
		}
		finally {
			this.lock.unlock();
		}
		tell(this.listeners);
	}

	/**
	 * Return the documents of a source.
	 */
	Map<String, DocumentEntry> of(Source source) {
		this.lock.lock();
		try {
			Map<String, DocumentEntry> found = new LinkedHashMap<>();
			this.documents.forEach((place, entry) -> {
				if (place.source() == source) {
					found.put(place.place(), entry);
				}
			});
			return found;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void publish() {
		RouteResolution resolution = resolve();
		List<RouteStatus> before = this.statuses;
		List<RouteStatus> now = resolution.statuses(before, this.clock.instant());
		List<Route> routes = resolution.routes();
		if (!routes.equals(this.inForce)) {
			try {
				this.active.replace(routes);
			}
			catch (RuntimeException ex) {
				logger.error("The table of routes could not be replaced; the one before stays in force", ex);
				return;
			}
			this.inForce = routes;
		}
		this.unpublished = false;
		if (!now.equals(before)) {
			this.statuses = now;
			this.untold.add(new Publication(before, now));
		}
	}

	private RouteResolution resolve() {
		RouteResolution resolution = new RouteResolution();
		this.configured.forEach((route) -> resolution.add(new RouteOrigin(Source.CONFIGURATION, route.key(), 0),
				route.route().apply(this.defaults)));
		this.documents.forEach(resolution::add);
		return resolution;
	}

	private static List<RouteListener.Change> changes(List<RouteStatus> before, List<RouteStatus> now) {
		Map<String, RouteStatus> gone = new HashMap<>();
		before.stream().filter((status) -> status.route() != null).forEach((status) -> gone.put(status.id(), status));
		List<RouteListener.Change> changes = new ArrayList<>();
		for (RouteStatus status : now) {
			if (status.route() != null) {
				RouteStatus old = gone.remove(status.id());
				Route former = (old != null) ? old.route() : null;
				if (!status.route().equals(former)) {
					changes.add(new RouteListener.Change(status.id(), former, status.route(), status.origin()));
				}
			}
		}
		gone.values()
			.stream()
			.sorted(Comparator.comparing(RouteStatus::id))
			.forEach((status) -> changes
				.add(new RouteListener.Change(status.id(), status.route(), null, status.origin())));
		return changes;
	}

	/**
	 * Tells one after the other, and returns when all that was published before is told.
	 */
	private void tell(List<RouteListener> told) {
		this.telling.lock();
		try {
			for (Publication next = this.untold.poll(); next != null; next = this.untold.poll()) {
				this.log.tell(next.before(), next.now());
				tell(changes(next.before(), next.now()), told);
			}
		}
		finally {
			this.telling.unlock();
		}
	}

	private void tell(List<RouteListener.Change> changes, List<RouteListener> told) {
		if (changes.isEmpty() || told.isEmpty()) {
			return;
		}
		changes.stream()
			.limit(LINES)
			.forEach((change) -> logger.info("The route \"{}\" of {} {}", change.id(),
					PrintableText.of(change.origin().toString()),
					(change.after() == null) ? "is gone" : (change.before() == null) ? "is in force" : "has changed"));
		if (changes.size() > LINES) {
			logger.info("{} more routes have changed", changes.size() - LINES);
		}
		for (RouteListener listener : told) {
			try {
				listener.onRoutes(changes);
			}
			catch (RuntimeException ex) {
				logger.error("{} failed on changes of routes, which are in force all the same", listener, ex);
			}
		}
	}

	/**
	 * How it stood with all routes before a change, and how it stands since.
	 */
	private record Publication(List<RouteStatus> before, List<RouteStatus> now) {
	}

}
