package dev.holdfast.route.source;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.route.source.RouteStatus.State;
import dev.holdfast.service.Revision;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteCatalogTests {

	private final RouteWorld world = new RouteWorld(
			new ConfiguredRoute("holdfast.routes[0]", (defaults) -> configured("fixed", defaults)));

	@Test
	void routesOfAllSourcesAreInForceTogether() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a"));
		write(Source.ETCD, "/holdfast/routes/b", RouteWorld.route("b"));
		assertThat(this.world.inForce()).containsExactly("a", "b", "fixed");
		assertThat(this.world.status("fixed").origin()).hasToString("holdfast.routes[0]");
		assertThat(this.world.status("a").origin()).hasToString("/routes/a.yml:1");
		assertThat(this.world.status("b").origin()).hasToString("/holdfast/routes/b:1");
		assertThat(this.world.catalog.statuses()).allMatch((status) -> status.state() == State.IN_FORCE);
	}

	@Test
	void aRouteThatCannotBeUsedTouchesNoOtherAndItsLastGoodFormStays() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("one") + RouteWorld.route("two"));
		write(Source.FOLDER, "/routes/a.yml",
				RouteWorld.route("one", "other") + "- id: two\n  path: /two/**\n  servise: two\n");
		assertThat(this.world.target("/one/1")).isEqualTo("other");
		assertThat(this.world.target("/two/1")).isEqualTo("two");
		RouteStatus two = this.world.status("two");
		assertThat(two.state()).isEqualTo(State.LAST_GOOD);
		assertThat(two.reason()).contains("servise");
		assertThat(this.world.status("one").state()).isEqualTo(State.IN_FORCE);
	}

	@Test
	void aRouteThatNeverWasGoodIsQuarantinedWithWhereAndWhat() {
		write(Source.ETCD, "/holdfast/routes/w", RouteWorld.route("good") + "- id: bad\n  path: /bad/**\n");
		RouteStatus bad = this.world.status("bad");
		assertThat(bad.state()).isEqualTo(State.QUARANTINED);
		assertThat(bad.origin().place()).isEqualTo("/holdfast/routes/w");
		assertThat(bad.origin().line()).isPositive();
		assertThat(bad.reason()).contains("service");
		assertThat(this.world.inForce()).containsExactly("fixed", "good");
	}

	@Test
	void whatIsCutOffKeepsAllThatIsMissing() {
		String whole = RouteWorld.route("one") + RouteWorld.route("two");
		write(Source.FOLDER, "/routes/a.yml", whole);
		write(Source.FOLDER, "/routes/a.yml", whole.substring(0, whole.length() - 12) + "\"");
		assertThat(this.world.inForce()).containsExactly("fixed", "one", "two");
		assertThat(this.world.status("two").state()).isEqualTo(State.LAST_GOOD);
		write(Source.FOLDER, "/routes/a.yml", "");
		assertThat(this.world.inForce()).containsExactly("fixed", "one", "two");
		assertThat(this.world.status("one").reason()).contains("empty");
		write(Source.FOLDER, "/routes/a.yml", whole);
		assertThat(this.world.catalog.statuses()).allMatch((status) -> status.state() == State.IN_FORCE);
	}

	@Test
	void twoRulesOfOneIdFreezeNoOtherRoute() {
		write(Source.ETCD, "/holdfast/routes/x", """
				apiVersion: gateway.networking.k8s.io/v1
				kind: HTTPRoute
				metadata: { name: a }
				spec:
				  rules:
				  - { name: x, backendRefs: [ { name: a } ] }
				  - { name: x, backendRefs: [ { name: b } ] }
				""");
		write(Source.FOLDER, "/routes/b.yml", RouteWorld.route("b"));
		assertThat(this.world.inForce()).containsExactly("b", "fixed");
		assertThat(this.world.status("a").state()).isEqualTo(State.QUARANTINED);
	}

	@Test
	void bundleThatNobodyKnowsIsQuarantined() {
		write(Source.ETCD, "/holdfast/routes/a", RouteWorld.route("a") + "  ssl-bundle: stranger\n");
		write(Source.ETCD, "/holdfast/routes/b", RouteWorld.route("b") + "  ssl-bundle: own\n");
		assertThat(this.world.inForce()).containsExactly("b", "fixed");
		assertThat(this.world.status("a").reason()).contains("stranger");
	}

	@Test
	void ofTwoRoutesOfOneIdTheOneOfTheSourceThatComesFirstIsInForce() {
		write(Source.ETCD, "/holdfast/routes/a", RouteWorld.route("a", "of-etcd"));
		assertThat(this.world.target("/a")).isEqualTo("of-etcd");
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a", "of-folder"));
		assertThat(this.world.target("/a")).isEqualTo("of-folder");
		RouteStatus loser = this.world.catalog.statuses()
			.stream()
			.filter((status) -> status.origin().source() == Source.ETCD)
			.findFirst()
			.orElseThrow();
		assertThat(loser.state()).isEqualTo(State.QUARANTINED);
		assertThat(loser.reason()).contains("/routes/a.yml:1", "/holdfast/routes/a:1", "the folder comes before etcd");
		this.world.catalog.apply(Source.FOLDER, List.of(new DocumentChange.Removed("/routes/a.yml")));
		assertThat(this.world.target("/a")).isEqualTo("of-etcd");
	}

	@Test
	void nothingTakesTheIdOfAConfiguredRoute() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("fixed", "other"));
		assertThat(this.world.target("/fixed")).isEqualTo("configured");
		assertThat(this.world.catalog.statuses()).anySatisfy((status) -> assertThat(status.reason())
			.contains("holdfast.routes[0]", "the configuration comes before the folder"));
	}

	@Test
	void ofTwoFilesTheFirstByItsNameCountsWhicheverCameFirst() {
		write(Source.FOLDER, "/routes/b.yml", RouteWorld.route("x", "of-b"));
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("x", "of-a"));
		assertThat(this.world.target("/x")).isEqualTo("of-a");
	}

	@Test
	void nothingIsReplacedWhenNothingHasChanged() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a"));
		RouteTable table = this.world.active.table();
		List<RouteStatus> statuses = this.world.catalog.statuses();
		this.world.pass(Duration.ofMinutes(1));
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a"));
		write(Source.FOLDER, "/routes/a.yml", "# the same\n" + RouteWorld.route("a"));
		assertThat(this.world.active.table()).isSameAs(table);
		assertThat(this.world.changes).hasSize(1);
		assertThat(this.world.status("a").since()).isEqualTo(statuses.getFirst().since());
	}

	@Test
	void changesAreTold() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a"));
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a", "other"));
		this.world.catalog.apply(Source.FOLDER, List.of(new DocumentChange.Removed("/routes/a.yml")));
		assertThat(this.world.changes).extracting(RouteListener.Change::id).containsExactly("a", "a", "a");
		assertThat(this.world.changes.get(0).before()).isNull();
		assertThat(this.world.changes.get(1).after()).extracting(Route::service).isEqualTo(new ServiceName("other"));
		assertThat(this.world.changes.get(2).after()).isNull();
	}

	@Test
	void tenThousandRoutesAtOnceAreInForce() {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < 10_000; i++) {
			text.append("- {id: r%d, path: /r%d/**, service: s}\n".formatted(i, i));
		}
		write(Source.FOLDER, "/routes/all.yml", text.toString());
		assertThat(this.world.inForce()).hasSize(10_001);
		assertThat(this.world.target("/r9999/x")).isEqualTo("s");
	}

	@Test
	void itIsToldWhichValuesAreARoutesOwn() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("a") + "  request-timeout: 7s\n");
		RoutePolicy others = new RoutePolicy(
				RoutePolicy.DEFAULTS.protocol(), new RouteTimes(Duration.ofSeconds(1), Duration.ZERO,
						Duration.ofSeconds(9), Duration.ofSeconds(1), Duration.ofSeconds(1)),
				5, RoutePolicy.DEFAULTS.security(), RoutePolicy.DEFAULTS.paths());
		Route under = this.world.catalog.under(this.world.status("a"), others).orElseThrow();
		assertThat(under.policy().times().request()).isEqualTo(Duration.ofSeconds(7));
		assertThat(under.policy().times().total()).isEqualTo(Duration.ofSeconds(9));
		assertThat(this.world.catalog.under(this.world.status("fixed"), others).orElseThrow().policy().maxBodySize())
			.isEqualTo(5);
	}

	@Test
	void whatWasSavedIsInForceAgainWithItsLastGoodForms() {
		write(Source.ETCD, "/holdfast/routes/a", RouteWorld.route("a"));
		write(Source.ETCD, "/holdfast/routes/b", RouteWorld.route("b"));
		write(Source.ETCD, "/holdfast/routes/b", "- id: b\n  path: /b/**\n");
		this.world.catalog.known(new Revision(7, 12));
		SavedRoutes saved = this.world.catalog.toSave();
		RouteWorld next = new RouteWorld();
		next.catalog.restore(saved);
		assertThat(next.inForce()).containsExactly("a", "b");
		assertThat(next.status("b").state()).isEqualTo(State.LAST_GOOD);
		assertThat(next.catalog.toSave()).isEqualTo(saved);
	}

	@Test
	void theTextOfManyLastGoodFormsIsSavedOnce() {
		write(Source.FOLDER, "/routes/a.yml", RouteWorld.route("one") + RouteWorld.route("two"));
		write(Source.FOLDER, "/routes/a.yml", "- id: \"one");
		SavedRoutes saved = this.world.catalog.toSave();
		assertThat(saved.documents().getFirst().forms()).singleElement()
			.satisfies((form) -> assertThat(form.names()).containsExactly("one", "two"));
		RouteWorld next = new RouteWorld();
		next.catalog.restore(saved);
		assertThat(next.inForce()).containsExactly("one", "two");
	}

	@Test
	void whichOfTwoRoutesIsTheOldestAppliesWhenItChanges() {
		write(Source.ETCD, "/holdfast/routes/a", gatewayRoute("a", "2026-01-02T00:00:00Z"));
		write(Source.ETCD, "/holdfast/routes/b", gatewayRoute("b", "2026-01-01T00:00:00Z"));
		assertThat(this.world.target("/x")).isEqualTo("b");
		write(Source.ETCD, "/holdfast/routes/b", gatewayRoute("b", "2026-01-03T00:00:00Z"));
		assertThat(this.world.target("/x")).isEqualTo("a");
	}

	private static String gatewayRoute(String id, String created) {
		return """
				apiVersion: gateway.networking.k8s.io/v1
				kind: HTTPRoute
				metadata: { name: %s, creationTimestamp: "%s" }
				spec:
				  rules:
				  - matches: [ { path: { type: PathPrefix, value: /x } } ]
				    backendRefs: [ { name: %s, port: 80 } ]
				""".formatted(id, created, id);
	}

	@Test
	void aKeyForgesNoLineOfTheLog(CapturedLog log) {
		String key = "/holdfast/routes/a\nERROR forged";
		write(Source.ETCD, key, RouteWorld.route("a"));
		write(Source.ETCD, key, "- id: a\n");
		assertThat(log.toString()).contains("a?ERROR forged").doesNotContain("\nERROR forged");
	}

	@Test
	void whoeverHearsOfAChangeMayAskOnAnyThreadWhatThereIs() {
		CompletableFuture<RouteCatalog> catalog = new CompletableFuture<>();
		List<Set<String>> found = new ArrayList<>();
		catalog
			.complete(
					new RouteCatalog(List.of(), RoutePolicy.DEFAULTS, Set.of(), this.world.active, Clock.systemUTC(),
							List.of((changes) -> found.add(CompletableFuture
								.supplyAsync(() -> Set.copyOf(catalog.join().of(Source.ETCD).keySet()))
								.orTimeout(5, TimeUnit.SECONDS)
								.join()))));
		catalog.join()
			.apply(Source.ETCD,
					List.of(new DocumentChange.Written("a", new Content.Text(RouteWorld.route("a")), 0, 0)));
		assertThat(found).containsExactly(Set.of("a"));
	}

	private void write(Source source, String place, String text) {
		List<DocumentChange> changes = new ArrayList<>();
		changes.add(new DocumentChange.Written(place, new Content.Text(text), 0, 0));
		this.world.catalog.apply(source, changes);
	}

	private static Route configured(String id, RoutePolicy policy) {
		return new Route(id, "", "/" + id + "/**", Set.of(), Map.of(), new ServiceName("configured"), "", false,
				policy);
	}

}
