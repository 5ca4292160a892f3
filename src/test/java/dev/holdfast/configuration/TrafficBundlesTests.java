package dev.holdfast.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.X509KeyManager;

import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.MountedSecret;
import dev.holdfast.tls.TlsMaterial;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The SSL bundles of the traffic port, from the configuration to their replacement.
 */
class TrafficBundlesTests {

	@TempDir
	private Path folder;

	private CertificateAuthority authority;

	private Issued own;

	@BeforeEach
	void issue() {
		this.authority = new CertificateAuthority(this.folder, "authority");
		this.own = this.authority.issue("gateway", "gateway.test");
	}

	@Test
	void anUnknownBundleEndsTheStart(CapturedLog output) {
		assertEnds(output, "holdfast.server.ssl-bundle: \"nobody\" cannot be used: SSL bundle name 'nobody'",
				"--holdfast.server.ssl-bundle=nobody");
	}

	@Test
	void anUnknownBundleForANameEndsTheStart(CapturedLog output) {
		assertEnds(output, "holdfast.server.server-name-bundles[0].bundle: \"nobody\" cannot be used: SSL bundle name",
				"--holdfast.server.ssl-bundle=own", "--holdfast.server.server-name-bundles[0].server-name=a.test",
				"--holdfast.server.server-name-bundles[0].bundle=nobody");
	}

	@Test
	void aBundleWithoutAKeyEndsTheStart(CapturedLog output) {
		assertEnds(output,
				"holdfast.server.ssl-bundle: \"trust\" cannot be used: it has no private key with a certificate",
				"--holdfast.server.ssl-bundle=trust");
	}

	@Test
	void aKeyOfAnotherCertificateEndsTheStart(CapturedLog output) throws IOException {
		replace(this.own.key(), this.authority.issue("other").key());
		assertEnds(output, "the private key is not the one of the certificate of CN=gateway",
				"--holdfast.server.ssl-bundle=own");
	}

	@Test
	void clientCertificatesWithoutATrustStoreEndTheStart(CapturedLog output) {
		assertEnds(output, "holdfast.server.ssl-bundle: \"own\" cannot be used: it has no trust store",
				"--holdfast.server.ssl-bundle=own", "--holdfast.server.client-auth=want");
	}

	@Test
	void anUnknownCipherSuiteEndsTheStart(CapturedLog output) {
		assertEnds(output, "cipher suite: \"TLS_ROT13\" (expected: one of TLS_AES_", "--holdfast.server.ssl-bundle=own",
				"--spring.ssl.bundle.pem.own.options.ciphers=TLS_ROT13");
	}

	@Test
	void aFileThatCannotBeUsedLeavesTheLastGoodCertificateInPlace(CapturedLog output) throws IOException {
		try (ConfigurableApplicationContext context = start("--holdfast.server.ssl-bundle=own",
				"--spring.ssl.bundle.pem.own.reload-on-update=true",
				"--spring.ssl.bundle.watch.file.quiet-period=100ms")) {
			TrafficBundles bundles = context.getBean(TrafficBundles.class);
			AtomicInteger changes = new AtomicInteger();
			bundles.onChange(changes::incrementAndGet);
			TlsMaterial first = material(bundles);
			replace(this.own.certificate(), this.authority.issue("other").certificate());
			await().until(() -> output.toString().contains("has changed and cannot be used"));
			Files.writeString(this.own.certificate(), "no certificate");
			Files.writeString(this.own.key(), "no key");
			assertThat(material(bundles)).isSameAs(first);
			assertThat(changes).hasValue(0);
			this.authority.issue("gateway", "gateway.test");
			await().until(() -> changes.get() > 0);
			assertThat(material(bundles)).isNotSameAs(first);
			assertThat(output)
				.containsOnlyOnce("holdfast.server.ssl-bundle: \"own\" has changed and cannot be used: the private key "
						+ "is not the one of the certificate of CN=other; the gateway goes on with what it was")
				.contains("holdfast.server.ssl-bundle: \"own\" has changed; new connections use it")
				.doesNotContain("\tat ");
		}
	}

	@Test
	void aMountedSecretIsTakenAnewEachTimeItChanges() throws IOException {
		MountedSecret secret = new MountedSecret(Files.createDirectory(this.folder.resolve("secret")));
		secret.replace(this.own);
		try (ConfigurableApplicationContext context = start("--holdfast.server.ssl-bundle=secret",
				"--holdfast.upstream.ssl-bundle=secret", "--spring.ssl.bundle.pem.secret.reload-on-update=true",
				"--spring.ssl.bundle.pem.secret.keystore.certificate=" + secret.certificate().toUri(),
				"--spring.ssl.bundle.pem.secret.keystore.private-key=" + secret.key().toUri(),
				"--spring.ssl.bundle.watch.file.quiet-period=100ms")) {
			TrafficBundles bundles = context.getBean(TrafficBundles.class);
			bundles.onChange(() -> {
			});
			assertThat(subject(material(bundles))).isEqualTo("CN=gateway");
			// A watch of the folder that is gone would tell of the first change alone.
			for (String name : List.of("second", "third")) {
				secret.replace(this.authority.issue(name));
				await().untilAsserted(() -> {
					assertThat(subject(material(bundles))).isEqualTo("CN=" + name);
					assertThat(bundles.tls().backends()).hasEntrySatisfying("secret",
							(bundle) -> assertThat(subject(bundle.get())).isEqualTo("CN=" + name));
				});
			}
		}
	}

	private static String subject(TlsMaterial material) {
		return Stream.of("EC", "RSA")
			.flatMap((type) -> Stream.ofNullable(keys(material).getServerAliases(type, null)))
			.map((aliases) -> keys(material).getCertificateChain(aliases[0])[0])
			.map((certificate) -> certificate.getSubjectX500Principal().getName())
			.findFirst()
			.orElseThrow();
	}

	private static X509KeyManager keys(TlsMaterial material) {
		return (X509KeyManager) material.keys().getKeyManagers()[0];
	}

	private static TlsMaterial material(TrafficBundles bundles) {
		return bundles.tls().clients().orElseThrow().otherwise().get();
	}

	private static void replace(Path file, Path by) throws IOException {
		Files.move(by, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
	}

	private void assertEnds(CapturedLog output, String said, String... arguments) {
		assertThatThrownBy(() -> start(arguments)).isNotNull();
		assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START").contains(said).doesNotContain("\tat ");
	}

	private ConfigurableApplicationContext start(String... arguments) {
		List<String> all = new ArrayList<>(List.of(
				"--spring.ssl.bundle.pem.own.keystore.certificate=" + this.own.certificate().toUri(),
				"--spring.ssl.bundle.pem.own.keystore.private-key=" + this.own.key().toUri(),
				"--spring.ssl.bundle.pem.trust.truststore.certificate=" + this.authority.certificate().toUri()));
		all.addAll(Arrays.asList(arguments));
		return new SpringApplicationBuilder(Bundles.class).web(WebApplicationType.NONE).run(all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PropertiesConfiguration.class, SslAutoConfiguration.class })
	static class Bundles {

		@Bean
		TrafficBundles trafficBundles(HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
			return new TrafficBundles(properties, bundles::getObject);
		}

	}

}
