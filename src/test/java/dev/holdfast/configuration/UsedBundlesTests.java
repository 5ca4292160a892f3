package dev.holdfast.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.holdfast.admin.CertificateUse;
import dev.holdfast.admin.EffectiveConfiguration;
import dev.holdfast.admin.UsedBundle;
import dev.holdfast.admin.UsedBundles;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Which certificates and which configuration operators are told of.
 */
class UsedBundlesTests {

	@TempDir
	private Path folder;

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withUserConfiguration(Parts.class);
	}

	@Test
	void everyUseOfABundleIsFoundAndARenewedCertificateToo() {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Issued own = authority.issue("gateway", "gateway.test");
		Issued next = authority.issue("renewed", "gateway.test");
		String bundle = "spring.ssl.bundle.pem.own.";
		runner().withPropertyValues(bundle + "keystore.certificate=" + own.certificate(),
				bundle + "keystore.private-key=" + own.key(),
				bundle + "truststore.certificate=" + authority.certificate(), bundle + "reload-on-update=true",
				"spring.ssl.bundle.watch.file.quiet-period=100ms", "holdfast.server.ssl-bundle=own",
				"holdfast.upstream.ssl-bundle=own", "holdfast.etcd.ssl-bundle=own",
				"holdfast.etcd.endpoints=https://127.0.0.1:2379", "server.ssl.bundle=own")
			.run((context) -> {
				UsedBundles bundles = context.getBean(UsedBundles.class);
				assertThat(bundles.find()).extracting(UsedBundle::use)
					.containsExactlyInAnyOrder(CertificateUse.TRAFFIC_PORT, CertificateUse.INSTANCES,
							CertificateUse.ETCD, CertificateUse.ADMIN_PORT);
				assertThat(bundles.find()).allSatisfy((used) -> {
					assertThat(used.name()).isEqualTo("own");
					assertThat(subjects(used.chains().getFirst())).first().asString().contains("gateway");
					assertThat(subjects(used.authorities())).singleElement().asString().contains("authority");
				});
				Files.copy(next.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
				Files.copy(next.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
				await().atMost(Duration.ofSeconds(60))
					.untilAsserted(() -> assertThat(bundles.find())
						.allSatisfy((used) -> assertThat(subjects(used.chains().getFirst())).first()
							.asString()
							.contains("renewed")));
			});
	}

	@Test
	void theFilesOfTheAdminPortAreFoundWithoutABundleAndNobodysAuthoritiesAreNone() {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Issued own = authority.issue("admin", "admin.test");
		runner()
			.withPropertyValues("server.ssl.certificate=" + own.certificate(),
					"server.ssl.certificate-private-key=" + own.key())
			.run((context) -> assertThat(context.getBean(UsedBundles.class).find()).singleElement()
				.satisfies((used) -> {
					assertThat(used.name()).isEqualTo("server.ssl");
					assertThat(used.use()).isEqualTo(CertificateUse.ADMIN_PORT);
					assertThat(used.authorities()).isEmpty();
				}));
	}

	@Test
	void theConfigurationIsShownWithItsDefaultsAndWithoutItsSecrets() {
		runner()
			.withPropertyValues("holdfast.admin.token=s3cret", "holdfast.etcd.password=s3cret",
					"holdfast.etcd.username=root", "holdfast.routes[0].id=a",
					"holdfast.routes[0].service=orders", "holdfast.routes[0].headers.X-Api-Key=s3cret")
			.run((context) -> {
				Map<String, Object> shown = context.getBean(EffectiveConfiguration.class).find();
				assertThat(shown.toString()).doesNotContain("s3cret")
					.contains("token=******", "username=root", "maxHeaderSize=16384B",
							"barrierInterval=PT5S");
			});
	}

	private static List<String> subjects(List<X509Certificate> certificates) {
		return certificates.stream().map((one) -> one.getSubjectX500Principal().getName()).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(ServerProperties.class)
	@Import({ PropertiesConfiguration.class })
	static class Parts {

		@Bean
		TrafficBundles trafficBundles(HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
			TrafficBundles traffic = new TrafficBundles(properties, bundles::getObject);
			traffic.onChange(() -> {
			});
			return traffic;
		}

		@Bean
		EtcdBundle etcdBundle(HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
			EtcdBundle etcd = new RegistryConfiguration().etcdBundle(properties, bundles);
			etcd.bundle().ifPresent((it) -> it.onChange(() -> {
			}));
			return etcd;
		}

		@Bean
		UsedBundles usedBundles(TrafficBundles traffic, EtcdBundle etcd, ServerProperties server,
				ObjectProvider<SslBundles> bundles) {
			AdminBundles admin = new AdminBundles(bundles::getObject, server.getSsl(), null);
			return new AdminConfiguration().usedBundles(traffic, etcd, admin);
		}

		@Bean
		EffectiveConfiguration effectiveConfiguration(HoldfastProperties properties) {
			return new AdminConfiguration().effectiveConfiguration(properties);
		}

	}

}
