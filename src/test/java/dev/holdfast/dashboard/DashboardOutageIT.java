package dev.holdfast.dashboard;

import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.testing.AccessibilityAudit;
import dev.holdfast.testing.Browser.ColorScheme;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.FreePorts;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the page shows while etcd or the gateway itself is away, and who can read it.
 */
@Order(1) // Among the longest, so it begins first.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardOutageIT {

	private static final Closer closer = new Closer();

	private static final int adminPort = FreePorts.choose("127.0.0.1");

	private static EtcdProcess etcd;

	private static GatewayProcess gateway;

	private static DashboardPage page;

	@BeforeAll
	static void start() {
		etcd = closer.register(EtcdProcess.start());
		TestBackend backend = closer.register(TestBackend.start("a"));
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/orders/a", backend.address());
			keys.put("/services/users/a", backend.address());
			keys.put("/services/preview/a", "127.0.0.1:" + FreePorts.choose("127.0.0.1"));
		}
		gateway = closer.register(launch());
		page = closer.register(new DashboardPage());
	}

	@AfterAll
	static void stop() {
		closer.close();
	}

	/** Starts again what the test before has killed, and shows the page as usual. */
	@BeforeEach
	void mend() {
		if (!etcd.isAlive()) {
			etcd.restart();
		}
		if (!gateway.isAlive()) {
			gateway = closer.register(launch());
		}
		await().until(() -> gateway.status().path("state").asText().equals("LIVE"));
		page.browser().resize(1280, 900);
		page.browser().show(ColorScheme.LIGHT);
	}

	private static GatewayProcess launch() {
		return GatewayProcess.with(etcd.endpoint()).arguments("--server.port=" + adminPort).start();
	}

	@Test
	void outageOfEtcdIsToldWithItsAgeAndSoIsItsEnd() {
		open("?service=orders");
		page.untilText("#etcd-state", "LIVE");
		etcd.kill();
		page.untilText("#etcd-state", "STALE");
		page.until("#verdict[data-level]:not([data-level=ok])");
		page.until("#verdict-reasons a[data-reason=registry]");
		assertThat(page.browser().text("#verdict-sentence")).contains("etcd");
		String age = page.browser().text("#verdict-age");
		assertThat(age).isNotEmpty();
		await("the age grows").until(() -> !page.browser().text("#verdict-age").equals(age));
		// What is known stays on the page, and the gateway itself answers.
		assertThat(page.browser().shows("#instances-table tr[data-instance=a]")).isTrue();
		assertThat(page.browser().shows("body[data-connection=live]")).isTrue();
		etcd.restart();
		page.untilText("#etcd-state", "LIVE");
		page.untilGone("#verdict-reasons a[data-reason=registry]");
		assertThat(page.complaints()).isEmpty();
	}

	@Test
	void pageOutlivesARestartOfTheGateway() {
		open("?service=orders");
		page.until("#instances-table tr[data-instance=a]");
		String instanceId = page.browser().attribute("body", "data-instance-id");
		gateway.kill();
		page.awaitConnection("lost");
		page.until("body[data-level=unknown]");
		assertThat(page.browser().shows("#instances-table tr[data-instance=a]")).isTrue();
		assertThat(page.browser().text("#connection")).isNotEmpty();
		gateway = closer.register(launch());
		page.awaitConnection("live");
		page.until("#restarted");
		page.until("body[data-level]:not([data-level=unknown])");
		assertThat(page.browser().attribute("body", "data-instance-id")).isNotEmpty().isNotEqualTo(instanceId);
		assertThat(page.browser().shows("#page-errors")).isFalse();
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/orders/b", "127.0.0.1:1");
		}
		page.until("#instances-table tr[data-instance=b]");
	}

	@Test
	@Order(Integer.MAX_VALUE) // Nobody needs what it kills, and so nobody starts it
								// again.
	void nothingOnThePageIsHardOrImpossibleToUse() {
		open("?service=orders");
		page.until("#instances-table tr[data-instance=a]");
		assertUsable("healthy");
		etcd.kill();
		page.untilText("#etcd-state", "STALE");
		assertUsable("in an outage of etcd");
		gateway.kill();
		page.awaitConnection("lost");
		assertUsable("without the gateway");
	}

	private void assertUsable(String when) {
		AccessibilityAudit audit = new AccessibilityAudit(page.browser());
		List<Size> sizes = List.of(new Size(360, 740), new Size(1280, 900), new Size(3840, 2160));
		assertThat(sizes).allSatisfy((size) -> {
			page.browser().resize(size.width(), size.height());
			assertThat(page.tooWide()).as("%s, %s", when, size).isEmpty();
			assertThat(Stream.of(ColorScheme.values())).allSatisfy((scheme) -> {
				page.browser().show(scheme);
				assertThat(audit.violations()).as("%s, %s, %s", when, size, scheme).isEmpty();
			});
		});
	}

	private void open(String query) {
		page.open("http://127.0.0.1:%d/%s".formatted(adminPort, query));
	}

	/**
	 * The size of a window in CSS pixels.
	 */
	private record Size(int width, int height) {
	}

}
