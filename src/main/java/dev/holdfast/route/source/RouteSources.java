package dev.holdfast.route.source;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.service.Revision;
import dev.holdfast.store.FollowerSettings;
import dev.holdfast.store.Store;
import dev.holdfast.store.StoreFollower;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of routes that change while the gateway runs, and the file that what they
 * said last is kept in.
 */
public final class RouteSources implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RouteSources.class);

	/** How long a start may wait for etcd. */
	private static final Duration FIRST_ANSWER = Duration.ofMillis(1_500);

	private final RouteCatalog documents;

	private final RouteSourcesSettings settings;

	private final Optional<SavedRoutesFile> file;

	private final Optional<FolderRoutes> folder;

	private final Optional<FolderWatch> watch;

	private final Optional<EtcdRoutes> etcd;

	private final Optional<StoreFollower> follower;

	/**
	 * Creates them; reads nothing yet.
	 * @param documents what takes the documents
	 * @param settings where they are
	 * @param store gives etcd, if it is followed
	 * @param clock the time of day
	 */
	public RouteSources(RouteCatalog documents, RouteSourcesSettings settings, Supplier<? extends Store> store,
			Clock clock) {
		this.documents = documents;
		this.settings = settings;
		this.file = settings.file()
			.filter((path) -> settings.folder().isPresent() || settings.etcd().isPresent())
			.map((path) -> new SavedRoutesFile(path, clock));
		this.folder = settings.folder()
			.map((path) -> new FolderRoutes(path.toAbsolutePath(), documents, settings.guard(), this::save, clock,
					System::nanoTime));
		this.watch = this.folder.map((routes) -> new FolderWatch(routes, settings.folderInterval()));
		this.etcd = settings.etcd()
			.map((followed) -> new EtcdRoutes(documents, followed.prefix(), settings.guard(), this::save, clock,
					System::nanoTime));
		this.follower = this.etcd
			.map((routes) -> new StoreFollower("route-etcd", store.get(), settings.etcd().orElseThrow(), routes));
	}

	private void save() {
		this.file.ifPresent((present) -> present.save(this.documents.toSave()));
	}

	/**
	 * Puts in force what was saved and what is in the folder, and begins to follow both
	 * sources. Waits for the routes of etcd, for a second or two at most, so that their
	 * first requests are not turned away.
	 */
	public void start() {
		this.file.flatMap(SavedRoutesFile::load).ifPresent(this::restore);
		this.watch.ifPresent(FolderWatch::start);
		this.follower.ifPresent(StoreFollower::start);
		this.etcd.ifPresent(RouteSources::awaitAnswer);
	}

	private static void awaitAnswer(EtcdRoutes routes) {
		try {
			if (!routes.awaitAnswer(FIRST_ANSWER)) {
				logger.info("etcd has not said yet which routes there are; they are in force when it does");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void restore(SavedRoutesFile.Loaded loaded) {
		List<SavedRoutes.SavedDocument> followed = loaded.routes()
			.documents()
			.stream()
			.filter((document) -> isFollowed(document.place()))
			.toList();
		if (!followed.isEmpty()) {
			logger.info("Loaded the routes saved at {}, {} documents", loaded.savedAt(), followed.size());
			this.documents.restore(new SavedRoutes(loaded.routes().revision(), followed));
			this.etcd.ifPresent((routes) -> routes.restored(loaded.routes().revision(), loaded.savedAt()));
		}
	}

	/** What was saved of another folder or prefix is of no more use. */
	private boolean isFollowed(DocumentPlace place) {
		return (place.source() == Source.ETCD)
				? this.settings.etcd().map(FollowerSettings::prefix).filter(place.place()::startsWith).isPresent()
				: this.folder.filter((routes) -> routes.isInFolder(place.place())).isPresent();
	}

	/**
	 * Return how it stands with each source.
	 * @return those that are not turned off
	 */
	public List<SourceStatus> statuses() {
		return Stream.concat(this.folder.map(FolderRoutes::status).stream(), this.etcd.map(EtcdRoutes::status).stream())
			.toList();
	}

	/**
	 * Return how many connections to etcd were begun for routes.
	 * @return their number
	 */
	public long sessions() {
		return this.follower.map(StoreFollower::sessions).orElse(0L);
	}

	/** One that knows nothing leaves what an earlier process has saved. */
	private void saveTheLast() {
		SavedRoutes last = this.documents.toSave();
		if (!last.revision().equals(Revision.NONE) || !last.documents().isEmpty()) {
			this.file.ifPresent((present) -> present.save(last));
		}
	}

	/**
	 * Ends what follows, and writes what is still to be saved; takes some seconds at
	 * most. What is in force stays in force.
	 */
	@Override
	public void close() {
		this.watch.ifPresent(FolderWatch::close);
		this.follower.ifPresent(StoreFollower::close);
		saveTheLast();
		this.file.ifPresent(SavedRoutesFile::close);
	}

}
