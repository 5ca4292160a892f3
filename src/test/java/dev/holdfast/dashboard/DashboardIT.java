package dev.holdfast.dashboard;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What operators do on the page while all is well with etcd.
 */
class DashboardIT {

	private static final String TOKEN = "token-of-this-test";

	private static final Closer closer = new Closer();

	private static EtcdKeys keys;

	private static TestBackend backend;

	private static TestBackend other;

	private static GatewayProcess gateway;

	private static DashboardPage page;

	@BeforeAll
	static void start() {
		EtcdProcess etcd = closer.register(EtcdProcess.start());
		keys = closer.register(new EtcdKeys(etcd.endpoint()));
		backend = closer.register(TestBackend.start("a"));
		other = closer.register(TestBackend.start("b"));
		keys.put("/services/orders/a", backend.address());
		keys.put("/services/orders/b", other.address());
		keys.put("/services/users/a", backend.address());
		gateway = closer.register(GatewayProcess.with(etcd.endpoint())
			.arguments("--holdfast.admin.token=" + TOKEN, "--holdfast.routes[0].id=order-items",
					"--holdfast.routes[0].path=/items/**", "--holdfast.routes[0].service=orders")
			.start());
		await().until(() -> gateway.status().path("instances").asInt() == 3);
		page = closer.register(new DashboardPage());
	}

	@AfterAll
	static void stop() {
		closer.close();
	}

	@AfterEach
	void nothingWentWrongInThePage() {
		assertThat(page.complaints()).isEmpty();
		assertThat(gateway.log()).doesNotContain(TOKEN);
	}

	@AfterEach
	void noOverrideIsLeft() {
		for (String instance : List.of("a", "b")) {
			String path = "/registry/services/orders/instances/%s/drain".formatted(instance);
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.adminUrl(path)));
			gateway.send(request.DELETE().header("Authorization", "Bearer " + TOKEN));
		}
	}

	@Test
	void pageShowsWhatThereIs() {
		open("");
		page.until("#services-table tr[data-service=orders][data-status=HEALTHY][data-level=ok]");
		page.until("#services-table tr[data-service=users]");
		page.untilText("#etcd-state", "LIVE");
		page.until("#etcd-members tr[data-member][data-level=ok]");
		page.until("#gateways-table tr[data-self=true][data-lagging=false]");
		assertThat(page.browser().text("#verdict-sentence")).isNotEmpty();
		assertThat(page.browser().text("#verdict-age")).isNotEmpty();
	}

	@Test
	void pageFollowsRegistrationsWithoutBeingAsked() {
		open("?service=users");
		page.until("#instances-table tr[data-instance=a]");
		long revision = keys.put("/services/users/z", other.address());
		page.until("#instances-table tr[data-instance=z]");
		page.until("#services-table tr[data-service=users]");
		page.untilText("#changes-table tr[data-cause=PUT] [data-cell=revision]", Long.toString(revision));
		keys.delete("/services/users/z");
		page.untilGone("#instances-table tr[data-instance=z]");
		page.until("#changes-table tr[data-cause=DELETED]");
		keys.put("/services/invoices/a", backend.address());
		page.until("#services-table tr[data-service=invoices]");
	}

	@Test
	void instanceIsTakenOutAndPutBackWithTheToken() {
		open("?service=orders");
		page.click(instance("a") + " [data-action=drain]");
		page.submit("drain", "hot disk", "another-token");
		page.until("#write-problem[data-code]");
		assertThat(page.browser().text("#write-problem")).isNotEmpty();
		page.until("#write-dialog[open] #write-token");
		page.submit("drain", "hot disk", TOKEN);
		page.untilWritten();
		page.until(instance("a") + "[data-health=DRAINING]");
		page.until("#overrides-table tr[data-kind=DRAIN][data-service=orders][data-instance=a]");
		assertThat(gateway.getAdmin("/registry/services/orders").body()).contains("hot disk");
		page.click(instance("a") + " [data-action=undrain]");
		page.submit("undrain", "new disk", TOKEN);
		page.untilWritten();
		page.until(instance("a") + "[data-health]:not([data-health=DRAINING])");
		page.untilGone("#overrides-table tr[data-kind=DRAIN]");
	}

	@Test
	void instanceIsTakenOutByTheKeyboardAlone() {
		open("");
		page.until("#services-table tr[data-service=orders]");
		page.tabTo("#services-table tr[data-service=orders] [data-action=open]");
		page.browser().press(Keys.ENTER);
		page.until(instance("b"));
		page.tabTo(instance("b") + " [data-action=drain]");
		page.browser().press(Keys.ENTER);
		page.until("#write-dialog[open]");
		page.tabTo("#write-reason");
		page.browser().press("no mouse");
		page.tabTo("#write-token");
		page.browser().press(TOKEN);
		page.tabTo("#write-submit");
		page.browser().press(Keys.ENTER);
		page.untilWritten();
		page.until(instance("b") + "[data-health=DRAINING]");
		// Who has closed a dialog goes on where it was opened.
		page.until("something has the focus", () -> !page.isFocused("body"));
		page.tabTo(instance("b") + " [data-action=undrain]");
		page.browser().press(Keys.ENTER);
		page.until("#write-dialog[open]");
		page.browser().press(Keys.ESCAPE);
		page.untilGone("#write-dialog[open]");
		page.click(instance("b") + " [data-action=undrain]");
		page.submit("undrain", "done", TOKEN);
		page.untilWritten();
	}

	@Test
	void tokenIsKeptNowhereButInMemory() {
		open("?service=orders");
		page.click("#refresh");
		page.submit("refresh", "look again", TOKEN);
		page.untilWritten();
		assertThat(page.browser().evaluate("""
				return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href,
					document.documentElement.outerHTML])
				""")).asString().doesNotContain(TOKEN);
		open("?service=orders");
		page.click("#refresh");
		page.until("#write-dialog[open] #write-token");
	}

	@Test
	void pagesThatWereLeftHoldNoConnections() {
		// A browser has six to a host, and keeps pages that somebody may go back to.
		for (int i = 0; i < 8; i++) {
			open("?q=" + i);
		}
		open("?service=orders");
		page.until(instance("a"));
		assertThat(page.browser().evaluateLater("""
				const answer = arguments[arguments.length - 1];
				fetch('/registry').then((response) => answer(response.status), (error) => answer(`${error}`))
				""")).isEqualTo(200L);
	}

	@Test
	void filterIsInTheAddressAndOutlivesAReload() {
		open("");
		page.until("#services-table tr[data-service=users]");
		page.browser().fill("#services-filter", "ord");
		page.untilGone("#services-table tr[data-service=users]");
		page.until("#services-table tr[data-service=orders]");
		await().until(() -> page.browser().url().contains("q=ord"));
		page.open(page.browser().url());
		page.until("#services-table tr[data-service=orders]");
		assertThat(page.browser().shows("#services-table tr[data-service=users]")).isFalse();
		assertThat(page.browser().evaluate("return document.querySelector('#services-filter').value")).isEqualTo("ord");
	}

	@Test
	void heldRemovalIsShownAndApproved() {
		open("");
		long lease = keys.grant(Duration.ofSeconds(60));
		keys.put("/services/reports/a", backend.address(), lease);
		page.until("#services-table tr[data-service=reports]");
		keys.revoke(lease);
		String row = "#held-table tr[data-service=reports][data-instance=a]";
		page.until(row);
		assertThat(page.browser().text(row + " [data-cell=countdown]")).isNotEmpty();
		page.until("#verdict-reasons a[data-reason=held]");
		page.click(row + " [data-action=approve]");
		page.submit("approve", "decommissioned", TOKEN);
		page.untilWritten();
		page.untilGone(row);
		await().until(() -> gateway.status().path("held").asInt() == 0);
		keys.put("/services/reports/a", backend.address());
	}

	@Test
	void routeTesterTellsWhereARequestWouldGo() {
		open("");
		page.browser().fill("#route-path", "/items/1");
		page.click("#route-test");
		page.until("#route-result[data-matched=true]");
		page.until("#route-considered li[data-route=order-items][data-matched=true]");
		page.until("#route-candidates tr[data-instance=a][data-eligible=true]");
		page.until("#route-candidates tr[data-instance=b]");
		assertThat(page.browser().text("#route-candidates tr[data-instance=a] [data-cell=share]")).isNotEmpty();
		page.browser().fill("#route-path", "/nobody/1");
		page.click("#route-test");
		page.untilGone("#route-candidates tr[data-instance]");
		assertThat(page.browser().text("#route-note")).isNotEmpty();
	}

	@Test
	void redMarkLeadsToItsReason() {
		keys.put("/services/preview/a", backend.address());
		open("");
		page.until("#services-table tr[data-service=preview][data-level=ok]");
		keys.delete("/services/preview/a");
		page.until("#services-table tr[data-service=preview][data-status=DOWN][data-level=bad]");
		page.until("#verdict[data-level=bad]");
		page.until("body[data-level=bad]");
		page.until("the title begins with a mark and what is wrong",
				() -> String.valueOf(page.browser().evaluate("return document.title")).startsWith("■ 1 service down"));
		assertThat(page.browser().evaluate("return document.querySelector('#services-table tbody tr').dataset.service"))
			.as("the worst first")
			.isEqualTo("preview");
		page.click("#verdict-reasons a[data-reason=service]");
		page.openService("preview");
		page.until("#service[data-level=bad]");
		assertThat(page.browser().text("#service-reasons")).isNotEmpty();
		keys.put("/services/preview/a", backend.address());
		page.until("#service[data-level=ok]");
	}

	private static void open(String query) {
		page.open(gateway.adminUrl("/" + query));
	}

	private static String instance(String id) {
		return "#instances-table tr[data-instance='%s']".formatted(id);
	}

}
