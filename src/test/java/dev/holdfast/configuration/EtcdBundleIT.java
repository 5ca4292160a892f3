package dev.holdfast.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The gateway with an SSL bundle for etcd.
 */
class EtcdBundleIT {

	private static final String BUNDLE = "--spring.ssl.bundle.pem.etcd.";

	@TempDir
	private Path folder;

	@Test
	void aRotatedCertificateIsUsedWithoutRestart() throws Exception {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Issued server = authority.issue("etcd", "127.0.0.1");
		Issued operator = authority.issue("operator");
		Issued own = authority.issueExpired("gateway");
		SslContext tls = GrpcSslContexts.forClient()
			.keyManager(operator.certificate().toFile(), operator.key().toFile())
			.trustManager(authority.certificate().toFile())
			.build();
		try (EtcdProcess etcd = EtcdProcess.start(EtcdOptions.NONE.withTls(server.certificate(), server.key())
			.withClientCertificates(authority.certificate()));
				EtcdKeys keys = new EtcdKeys(List.of(etcd.endpoint()), (builder) -> builder.sslContext(tls));
				ConfigurableApplicationContext gateway = start(bundle(own.certificate(), own.key(),
						authority.certificate(), "--holdfast.etcd.endpoints=" + etcd.endpoint(),
						"--holdfast.etcd.namespace=/tenant", BUNDLE + "reload-on-update=true"))) {
			Registry registry = gateway.getBean(Registry.class);
			keys.put("/services/orders/a", "10.0.0.1:1");
			keys.put("/tenant/services/orders/b", "10.0.0.1:2");
			await(() -> assertThat(registry.status().cause()).contains("etcd refuses the gateway's certificate"));
			authority.issue("gateway");
			await(() -> assertThat(registry.status()).isInstanceOf(RegistryStatus.Live.class));
			assertThat(registry.snapshot().find(new ServiceName("orders"))).extracting(Service::instances)
				.asInstanceOf(InstanceOfAssertFactories.list(Instance.class))
				.extracting((instance) -> instance.registration().key())
				.containsExactly("/tenant/services/orders/b");
			long generation = registry.generation();
			authority.issue("gateway");
			await(() -> assertThat(registry.generation()).isGreaterThan(generation));
			await(() -> assertThat(registry.status()).isInstanceOf(RegistryStatus.Live.class));
		}
	}

	@Test
	void aBundleThatDoesNotExistEndsTheStart(CapturedLog output) {
		assertThatThrownBy(() -> start(
				List.of("--holdfast.etcd.ssl-bundle=etcd", "--holdfast.etcd.endpoints=https://127.0.0.1:1")))
			.isNotNull();
		assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START")
			.contains("holdfast.etcd.ssl-bundle: \"etcd\" cannot be used: SSL bundle name 'etcd' cannot be found",
					"Define the bundle under spring.ssl.bundle.pem.etcd");
	}

	@ParameterizedTest
	@CsvSource({ "true, Unable to register SSL bundle 'etcd'",
			"false, 'holdfast.etcd.ssl-bundle: \"etcd\" cannot be used: '" })
	void aFileThatDoesNotExistEndsTheStart(boolean reload, String said, CapturedLog output) throws Exception {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Issued own = authority.issue("gateway");
		Files.delete(own.key());
		assertThatThrownBy(() -> start(bundle(own.certificate(), own.key(), authority.certificate(),
				"--holdfast.etcd.endpoints=https://127.0.0.1:1", BUNDLE + "reload-on-update=" + reload)))
			.isNotNull();
		assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START")
			.contains(said, "gateway.key")
			.doesNotContain("\tat ");
	}

	private static List<String> bundle(Path certificate, Path key, Path trusted, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--holdfast.etcd.ssl-bundle=etcd",
				BUNDLE + "keystore.certificate=" + certificate.toUri(), BUNDLE + "keystore.private-key=" + key.toUri(),
				BUNDLE + "truststore.certificate=" + trusted.toUri(),
				"--spring.ssl.bundle.watch.file.quiet-period=200ms"));
		arguments.addAll(List.of(more));
		return arguments;
	}

	private static ConfigurableApplicationContext start(List<String> arguments) {
		List<String> fixed = List.of("--server.port=0", "--server.address=127.0.0.1", "--holdfast.server.port=0",
				"--holdfast.server.address=127.0.0.1", "--holdfast.registry.snapshot.path=");
		return new SpringApplicationBuilder(HoldfastApplication.class)
			.run(Stream.concat(fixed.stream(), arguments.stream()).toArray(String[]::new));
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().untilAsserted(assertion);
	}

}
