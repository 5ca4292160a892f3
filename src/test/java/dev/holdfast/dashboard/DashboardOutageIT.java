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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the page shows while etcd or the gateway itself is away, and who can read it.
 */
class DashboardOutageIT {

	private final Closer closer = new Closer();

	private final int adminPort = FreePorts.choose("127.0.0.1");

	private EtcdProcess etcd;

	private GatewayProcess gateway;

	private DashboardPage page;

	@BeforeEach
	void start() {
		this.etcd = this.closer.register(EtcdProcess.start());
		TestBackend backend = this.closer.register(TestBackend.start("a"));
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			keys.put("/services/orders/a", backend.address());
			keys.put("/services/users/a", backend.address());
			keys.put("/services/preview/a", "127.0.0.1:" + FreePorts.choose("127.0.0.1"));
		}
		this.gateway = this.closer.register(launch());
		this.page = this.closer.register(new DashboardPage());
	}

	@AfterEach
	void stop() {
		this.closer.close();
	}

	private GatewayProcess launch() {
		return GatewayProcess.with(this.etcd.endpoint()).arguments("--server.port=" + this.adminPort).start();
	}

	@Test
	void outageOfEtcdIsToldWithItsAgeAndSoIsItsEnd() {
		open("?service=orders");
		this.page.untilText("#etcd-state", "LIVE");
		this.etcd.kill();
		this.page.untilText("#etcd-state", "STALE");
		this.page.until("#verdict[data-level]:not([data-level=ok])");
		this.page.until("#verdict-reasons a[data-reason=registry]");
		assertThat(this.page.browser().text("#verdict-sentence")).contains("etcd");
		String age = this.page.browser().text("#verdict-age");
		assertThat(age).isNotEmpty();
		await("the age grows").until(() -> !this.page.browser().text("#verdict-age").equals(age));
		// What is known stays on the page, and the gateway itself answers.
		assertThat(this.page.browser().shows("#instances-table tr[data-instance=a]")).isTrue();
		assertThat(this.page.browser().shows("body[data-connection=live]")).isTrue();
		this.etcd.restart();
		this.page.untilText("#etcd-state", "LIVE");
		this.page.untilGone("#verdict-reasons a[data-reason=registry]");
		assertThat(this.page.complaints()).isEmpty();
	}

	@Test
	void pageOutlivesARestartOfTheGateway() {
		open("?service=orders");
		this.page.until("#instances-table tr[data-instance=a]");
		String instanceId = this.page.browser().attribute("body", "data-instance-id");
		this.gateway.kill();
		this.page.awaitConnection("lost");
		this.page.until("body[data-level=unknown]");
		assertThat(this.page.browser().shows("#instances-table tr[data-instance=a]")).isTrue();
		assertThat(this.page.browser().text("#connection")).isNotEmpty();
		this.gateway = this.closer.register(launch());
		this.page.awaitConnection("live");
		this.page.until("#restarted");
		this.page.until("body[data-level]:not([data-level=unknown])");
		assertThat(this.page.browser().attribute("body", "data-instance-id")).isNotEmpty().isNotEqualTo(instanceId);
		assertThat(this.page.browser().shows("#page-errors")).isFalse();
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			keys.put("/services/orders/b", "127.0.0.1:1");
		}
		this.page.until("#instances-table tr[data-instance=b]");
	}

	@Test
	void nothingOnThePageIsHardOrImpossibleToUse() {
		open("?service=orders");
		this.page.until("#instances-table tr[data-instance=a]");
		assertUsable("healthy");
		this.etcd.kill();
		this.page.untilText("#etcd-state", "STALE");
		assertUsable("in an outage of etcd");
		this.gateway.kill();
		this.page.awaitConnection("lost");
		assertUsable("without the gateway");
	}

	private void assertUsable(String when) {
		AccessibilityAudit audit = new AccessibilityAudit(this.page.browser());
		List<Size> sizes = List.of(new Size(360, 740), new Size(1280, 900), new Size(3840, 2160));
		assertThat(sizes).allSatisfy((size) -> {
			this.page.browser().resize(size.width(), size.height());
			assertThat(this.page.tooWide()).as("%s, %s", when, size).isEmpty();
			assertThat(Stream.of(ColorScheme.values())).allSatisfy((scheme) -> {
				this.page.browser().show(scheme);
				assertThat(audit.violations()).as("%s, %s, %s", when, size, scheme).isEmpty();
			});
		});
	}

	private void open(String query) {
		this.page.open("http://127.0.0.1:%d/%s".formatted(this.adminPort, query));
	}

	/**
	 * The size of a window in CSS pixels.
	 */
	private record Size(int width, int height) {
	}

}
