package dev.holdfast.registry.format;

import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what projects keep beside their instances is not taken for instances that
 * cannot be read.
 */
class BesideInstancesTests {

	private static final long LEASE = 0x694d7b2f8a1c0e05L;

	static final List<Beside> BESIDE = List.of(
			// Dubbo 3.2 with dubbo-registry-etcd3: the hash of the key.
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/demo.Greeter", "220022571", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/demo.Greeter/configurators", "865824762", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/demo.Greeter/providers",
					hash("/dubbo/demo.Greeter/providers"), 0),
			new Beside("dubbo-interface", "/", "/dubbo", "1441505071", 0),
			new Beside("dubbo-interface", "/shop/", "/shop/demo.Greeter", hash("/shop/demo.Greeter"), 0),
			new Beside("dubbo-interface", "/shop/", "/shop/demo.Greeter/routers", hash("/shop/demo.Greeter/routers"),
					0),
			new Beside("dubbo", "/services/", "/services/greeter", hash("/services/greeter"), 0),
			// dubbo-go: empty.
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/demo.Greeter", "", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/demo.Greeter/consumers", "", 0),
			// Dubbo's metadata, mapping of interfaces to applications, and configuration.
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/metadata/demo.Greeter/1.0.0/provider/greeter",
					"{\"canonicalName\":\"demo.Greeter\",\"methods\":[]}", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/metadata/greeter/9f86d08",
					"tri%3A%2F%2F10.0.0.5%3A20000%2Fdemo.Greeter", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/mapping/demo.Greeter", "greeter,greeter-canary", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/mapping-data/demo.Greeter/mapping", "greeter", 0),
			new Beside("dubbo-interface", "/dubbo/", "/dubbo/config/dubbo/dubbo.properties",
					"dubbo.protocol.port=20000", 0),
			// APISIX: what its start and its dashboard write.
			new Beside("apisix", "/apisix/", "/apisix/upstreams/", "init_dir", 0),
			new Beside("apisix", "/apisix/", "/apisix/routes/", "init_dir", 0),
			new Beside("apisix", "/edge/", "/edge/consumer_groups/", "init_dir", 0),
			new Beside("apisix", "/apisix/", "/apisix/routes/1",
					"{\"uri\":\"/orders/*\",\"upstream\":{\"nodes\":{\"10.0.0.5:80\":1}}}", 0),
			new Beside("apisix", "/apisix/", "/apisix/routes/2",
					"{\"uri\":\"/a\",\"host\":\"api.example.org\",\"upstream_id\":\"1\"}", 0),
			new Beside("apisix", "/apisix/", "/apisix/plugins", "[{\"name\":\"limit-req\"}]", 0),
			new Beside("apisix", "/apisix/", "/apisix/ssls/1", "{\"cert\":\"…\",\"key\":\"…\",\"snis\":[\"a.b\"]}", 0),
			new Beside("apisix", "/apisix/", "/apisix/ssl/1", "{\"cert\":\"…\",\"key\":\"…\",\"sni\":\"a.b\"}", 0),
			new Beside("apisix", "/apisix/", "/apisix/proto/1", "{\"content\":\"syntax = \\\"proto3\\\";\"}", 0),
			new Beside("apisix", "/apisix/", "/apisix/kms/vault/1", "{\"uri\":\"http://127.0.0.1:8200\"}", 0),
			new Beside("apisix", "/apisix/", "/apisix/node_status/", "init_dir", 0),
			new Beside("apisix", "/apisix/", "/apisix/data_plane/server_info/f7285805-73e9-4ce4-acc6-a38d619afdc3",
					"{\"etcd_version\":\"3.5.0\",\"hostname\":\"bar\",\"version\":\"3.2.0\",\"boot_time\":1678095922}",
					LEASE),
			new Beside("apisix", "/apisix/", "/apisix/scripts/1", "{\"id\":\"1\",\"script\":\"{}\"}", 0),
			new Beside("apisix", "/apisix/", "/apisix/system_config/grafana", "{\"config_name\":\"grafana\"}", 0),
			// OpenIM: Prometheus' targets, its configuration, its locks.
			new Beside("grpc", "openim/", "openim/prometheus_discovery/api/10.0.0.5:10002",
					"{\"target\":\"10.0.0.5:10002\",\"labels\":{\"namespace\":\"default\"}}", LEASE),
			new Beside("grpc", "/", "/open-im/config/openim-rpc-user.yml", "rpc:\n  ports: [ 10110 ]\n", 0),
			new Beside("grpc", "/", "/open-im/config/enable-config-center", "enable", 0),
			new Beside("grpc", "openim/", "openim/crontask/dist-lock", "cron-7f9c-42", LEASE),
			new Beside("grpc", "openim/", "openim/crontask/deleteMsg/694d7b2f8a1c0e05", "", LEASE),
			// A lock or an election of etcd's client, wherever it is kept.
			new Beside("grpc", "/services/", "/services/lock/694d7b2f8a1c0e05", "", LEASE),
			// Configuration of go-micro and of Kitex.
			new Beside("go-micro", "/micro/", "/micro/config/database", "{\"address\":\"10.0.0.9:3306\"}", 0),
			new Beside("kitex", "/", "/KitexConfig/echo-client/echo/retry", "{\"*\":{\"enable\":true}}", 0),
			// SkyDNS' own, and DNS records of other kinds.
			new Beside("skydns", "/skydns/", "/skydns/config",
					"{\"dns_addr\":\"127.0.0.1:53\",\"domain\":\"a.local.\"}", 0),
			new Beside("skydns", "/skydns/", "/skydns/local/skydns/orders", "{\"group\":\"g1\",\"ttl\":60}", 0),
			new Beside("skydns", "/skydns/", "/skydns/arpa/in-addr/10/0/0/5", "{\"host\":\"x1.orders.skydns.local\"}",
					0),
			new Beside("skydns", "/skydns/", "/skydns/local/skydns/a-orders",
					"{\"text\":\"heritage=external-dns,external-dns/owner=default\",\"targetstrip\":1}", 0),
			// The rest of Traefik's tree.
			new Beside("traefik", "traefik/", "traefik/http/routers/orders/rule", "Host(`a.example.org`)", 0),
			new Beside("traefik", "traefik/", "traefik/http/middlewares/auth/basicauth/users/0", "a:$apr1$x", 0),
			new Beside("traefik", "traefik/", "traefik/http/services/orders/loadbalancer/sticky/cookie/name", "s", 0),
			new Beside("traefik", "traefik/", "traefik/tls/certificates/0/certfile", "-----BEGIN CERTIFICATE-----", 0));

	private static String hash(String key) {
		return Integer.toString(key.hashCode());
	}

	@ParameterizedTest
	@FieldSource("BESIDE")
	void whatAProjectKeepsBesideItsInstancesIsIgnored(Beside beside) {
		for (String format : List.of("auto", beside.format())) {
			assertThat(beside.read(format)).as(format).isInstanceOf(ParsedRecord.Ignored.class);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/apisix/protos/1", "/open-im/config/share.yml", "/micro/config/a", "/KitexConfig/a/b",
			"/dubbo/metadata/demo.Greeter/provider/greeter", "/traefik/tls/certificates/0/certfile" })
	void whatIsBesideInstancesIsIgnoredWhateverItsValueIs(String key) {
		String large = "x".repeat(RecordReader.MAX_VALUE_SIZE + 1);
		for (String value : List.of(large, "{\"a\":1,\"a\":2}", "{{ .Values.a }}")) {
			assertThat(new Beside("auto", "/", key, value, 0).read("auto")).isInstanceOf(ParsedRecord.Ignored.class);
		}
		assertThat(new Beside("auto", "/", "/services/orders/a", large, 0).read("auto"))
			.isInstanceOf(ParsedRecord.Unreadable.class);
	}

	/** Java's hashes of keys are negative as often as not. */
	@Test
	void aHashMayBeNegative() {
		String key = "/services/negative-1";
		String hash = hash(key);
		assertThat(hash).startsWith("-");
		assertThat(new Beside("dubbo", "/services/", key, hash, 0).read("auto"))
			.isInstanceOf(ParsedRecord.Ignored.class);
	}

	@Test
	void aProviderWhoseValueIsItsLeaseIsRegistered() {
		Beside provider = new Beside("dubbo-interface", "/dubbo/",
				"/dubbo/demo.Greeter/providers/tri%3A%2F%2F10.0.0.5%3A20000%2Fdemo.Greeter", Long.toString(LEASE),
				LEASE);
		for (String format : List.of("auto", "dubbo-interface")) {
			assertThat(RecordReaderTests.instance(provider.read(format)).endpoint())
				.hasToString("grpc://10.0.0.5:20000");
		}
	}

	static Stream<Beside> broken() {
		return Stream.of(new Beside("plain", "/services/", "/services/orders/a", "12345", 0),
				new Beside("plain", "/services/", "/services/orders/a", "", 0),
				new Beside("plain", "/services/", "/services/orders/a", hash("/services/orders/a"), LEASE),
				new Beside("plain", "/services/", "/services/orders/a", "init_dir", 0),
				new Beside("dubbo-interface", "/dubbo/", "/dubbo/demo.Greeter/providers/tri%3A%2F%2F10.0.0.5%3A99999",
						"", LEASE),
				new Beside("dubbo", "/services/", "/services/greeter/a", "{\"ServiceName\":\"greeter\",\"Host\":\"a\"}",
						LEASE),
				new Beside("apisix", "/apisix/", "/apisix/upstreams/1", "{\"nodes\":{\"a:x\":1}}", 0),
				new Beside("grpc", "openim/", "openim/user-rpc-service/a", "{\"Op\":0,\"Addr\":\"nowhere\"}", LEASE),
				new Beside("grpc", "openim/", "openim/crontask/a", "{\"Op\":0,\"Addr\":\"nowhere\"}", LEASE),
				new Beside("go-micro", "/micro/registry/", "/micro/registry/greeter/a",
						"{\"name\":\"greeter\",\"nodes\":[{\"id\":\"a\",\"address\":\"\"}]}", LEASE),
				new Beside("kitex", "kitex/registry-etcd/", "kitex/registry-etcd/echo/a",
						"{\"network\":\"tcp\",\"address\":\"\",\"weight\":10,\"tags\":null}", LEASE),
				new Beside("skydns", "/skydns/", "/skydns/local/skydns/orders/x1", "{\"host\":\"a\",\"port\":99999}",
						0),
				new Beside("traefik", "traefik/", "traefik/http/services/orders/loadbalancer/servers/0/url", "nowhere",
						0));
	}

	@ParameterizedTest
	@MethodSource("broken")
	void aBrokenInstanceIsStillUnreadable(Beside broken) {
		for (String format : List.of("auto", broken.format())) {
			assertThat(broken.read(format)).as(format).isInstanceOf(ParsedRecord.Unreadable.class);
		}
	}

	/**
	 * A record.
	 *
	 * @param format the format of the project that writes it
	 * @param prefix the prefix of a source that reads it
	 * @param key its full key
	 * @param value its value
	 * @param lease its lease, 0 for none
	 */
	record Beside(String format, String prefix, String key, String value, long lease) {

		ParsedRecord read(String as) {
			return RecordReader.of(as, this.prefix, Scheme.HTTP)
				.read(new RawRecord(this.key, RecordReaderTests.bytes(this.value), 1, 2, this.lease,
						Registration.Origin.WATCH));
		}

	}

}
