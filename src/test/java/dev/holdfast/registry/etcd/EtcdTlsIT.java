package dev.holdfast.registry.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.testing.TcpProxy;
import dev.holdfast.tls.TlsMaterial;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry client on an etcd that serves by TLS and asks for a certificate.
 */
class EtcdTlsIT {

	@TempDir
	private Path folder;

	private CertificateAuthority authority;

	private Issued client;

	private EtcdProcess etcd;

	private TcpProxy network;

	private EtcdKeys keys;

	@BeforeEach
	void start() {
		this.authority = new CertificateAuthority(this.folder, "authority");
		Issued server = this.authority.issue("etcd", "127.0.0.1");
		this.client = this.authority.issue("gateway");
		this.etcd = EtcdProcess.start(EtcdOptions.NONE.withTls(server.certificate(), server.key())
			.withClientCertificates(this.authority.certificate()));
		this.network = TcpProxy.before("127.0.0.1", this.etcd.port());
		Issued operator = this.authority.issue("operator");
		this.keys = new EtcdKeys(List.of(this.etcd.endpoint()), trusting(this.authority.certificate(), operator));
		this.keys.put("/services/orders/a", "10.0.0.1:8001");
	}

	@AfterEach
	void stop() {
		this.keys.close();
		this.network.close();
		this.etcd.close();
	}

	@Test
	void anEtcdThatAsksForCertificatesIsFollowed() {
		try (Follower follower = follow()) {
			follower.awaitLive().awaitInstances("http://10.0.0.1:8001");
			this.keys.put("/services/orders/b", "10.0.0.1:8002");
			follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
		}
	}

	@Test
	void anExpiredServerCertificateIsNamedAndTheRenewedOneAccepted() {
		try (Follower follower = follow()) {
			follower.awaitLive();
			this.authority.issueExpired("etcd", "127.0.0.1");
			this.network.reset();
			follower.awaitCause("etcd's certificate has expired", "NotAfter");
			assertThat(follower.orders()).containsExactly("http://10.0.0.1:8001");
			assertThat(follower.registry().members().getFirst().lastError()).contains("has expired");
			this.authority.issue("etcd", "127.0.0.1");
			follower.awaitLive();
		}
	}

	@Test
	void aServerCertificateForAnotherNameIsNamed() {
		try (Follower follower = follow()) {
			follower.awaitLive();
			this.authority.issue("etcd", "127.0.0.2", "etcd.example.org");
			this.network.reset();
			follower.awaitCause("etcd's certificate is for another name", "127.0.0.1");
			this.authority.issue("etcd", "127.0.0.1");
			follower.awaitLive();
		}
	}

	@Test
	void aServerCertificateOfAnotherAuthorityIsNamed() {
		try (Follower follower = Follower.of(Follower.settings(
				() -> PemBundles.material(new CertificateAuthority(this.folder, "other").certificate(), this.client),
				secure()))) {
			follower.awaitCause("etcd's certificate is not trusted");
		}
		try (Follower follower = Follower.of(Follower.settings(secure()))) {
			follower.awaitCause("etcd's certificate is not trusted");
		}
	}

	@Test
	void aCertificateThatEtcdRefusesIsNamedAndTheRenewedOneUsed() {
		Issued expired = this.authority.issueExpired("gateway");
		try (Follower follower = follow()) {
			assertThat(expired).isEqualTo(this.client);
			follower.awaitCause("etcd refuses the gateway's certificate");
			this.authority.issue("gateway");
			follower.awaitLive();
		}
	}

	@Test
	void aConnectionIsMadeAnewWhenTheMaterialChanged() {
		try (Follower follower = follow()) {
			follower.awaitLive();
			long generation = follower.registry().generation();
			follower.source().tlsChanged();
			Follower.patiently().until(() -> follower.registry().generation() == generation + 1);
			follower.awaitLive();
		}
	}

	@Test
	void materialThatCannotBeReadIsNamed() {
		try (Follower follower = Follower.of(Follower.settings(() -> {
			throw new UncheckedIOException(new IOException("ca.crt: no such file"));
		}, secure()))) {
			follower.awaitCause("ca.crt: no such file");
		}
	}

	@Test
	void theWrongSchemeIsNamed() {
		try (EtcdProcess plain = EtcdProcess.start();
				Follower secure = Follower
					.of(Follower.settings(() -> PemBundles.material(this.authority.certificate(), this.client),
							plain.endpoint().replace("http:", "https:")));
				Follower clear = Follower.of(Follower.settings(this.etcd.endpoint().replace("https:", "http:")))) {
			secure.awaitCause("etcd does not speak TLS here");
			clear.awaitCause("etcd closed the connection (UNAVAILABLE)");
		}
	}

	private Follower follow() {
		return Follower
			.of(Follower.settings(() -> PemBundles.material(this.authority.certificate(), this.client), secure()));
	}

	private String secure() {
		return this.network.url().replace("http:", "https:");
	}

	private static UnaryOperator<ClientBuilder> trusting(Path trusted, Issued own) {
		TlsMaterial material = PemBundles.material(trusted, own);
		return (builder) -> {
			try {
				return builder.sslContext(
						GrpcSslContexts.forClient().keyManager(material.keys()).trustManager(material.trust()).build());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		};
	}

}
