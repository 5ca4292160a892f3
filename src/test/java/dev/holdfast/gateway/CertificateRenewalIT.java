package dev.holdfast.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.MountedSecret;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.testing.SecureLoad;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The packaged gateway while the files of its certificate are replaced.
 */
class CertificateRenewalIT {

	private static final String BUNDLE = "--spring.ssl.bundle.pem.traffic.";

	@TempDir
	private Path folder;

	@Test
	void noRequestFailsWhileTheCertificateOfASecretIsReplaced() throws Exception {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		MountedSecret secret = new MountedSecret(Files.createDirectory(this.folder.resolve("secret")));
		secret.replace(authority.issue("gateway", "localhost", "127.0.0.1", "old.test"));
		SSLContext trusting = PemBundles.read(authority.certificate(), null).createSslContext();
		try (EtcdProcess etcd = EtcdProcess.start(EtcdOptions.NONE);
				EtcdKeys keys = new EtcdKeys(List.of(etcd.endpoint()), (builder) -> builder);
				TestBackend backend = TestBackend.start("a")) {
			keys.put("/services/orders/a", backend.address());
			try (GatewayProcess gateway = GatewayProcess.with(etcd.endpoint())
				.arguments("--holdfast.server.ssl-bundle=traffic", BUNDLE + "reload-on-update=true",
						BUNDLE + "keystore.certificate=" + secret.certificate().toUri(),
						BUNDLE + "keystore.private-key=" + secret.key().toUri(),
						"--spring.ssl.bundle.watch.file.quiet-period=500ms")
				.secure(authority.certificate())
				.start()) {
				URI target = URI.create(gateway.url("/orders/1"));
				try (SecureLoad load = SecureLoad.start(target, trusting)) {
					await().until(() -> load.answers() > 50);
					assertThat(names(trusting, target)).contains("old.test");
					secret.replace(authority.issue("gateway", "localhost", "127.0.0.1", "new.test"));
					await().until(() -> names(trusting, target).contains("new.test"));
					long before = load.answers();
					await().until(() -> load.answers() > before + 50);
					assertThat(load.failures()).isEmpty();
				}
				assertRenegotiatesNot(trusting, target);
				assertThat(gateway.defects()).isEmpty();
			}
		}
	}

	/**
	 * One handshake costs a server far more than a client, and a connection could ask for
	 * any number of them.
	 */
	private static void assertRenegotiatesNot(SSLContext context, URI target) throws IOException {
		try (SSLSocket socket = connect(context, target)) {
			socket.setSoTimeout((int) Patience.TIME.toMillis());
			socket.setEnabledProtocols(new String[] { "TLSv1.2" });
			assertThat(probe(socket)).startsWith("HTTP/1.1 200");
			// Done with the next read.
			socket.startHandshake();
			assertThatThrownBy(() -> probe(socket)).isInstanceOf(SSLException.class);
		}
	}

	private static SSLSocket connect(SSLContext context, URI target) throws IOException {
		return (SSLSocket) context.getSocketFactory().createSocket(target.getHost(), target.getPort());
	}

	private static String probe(SSLSocket socket) throws IOException {
		socket.getOutputStream().write("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
		// An answer this small is one record.
		byte[] answer = new byte[1024];
		int length = socket.getInputStream().read(answer);
		return new String(answer, 0, length, US_ASCII).lines().findFirst().orElse("");
	}

	private static List<Object> names(SSLContext context, URI target) throws Exception {
		try (SSLSocket socket = connect(context, target)) {
			socket.startHandshake();
			X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
			return certificate.getSubjectAlternativeNames().stream().<Object>map((name) -> name.get(1)).toList();
		}
	}

}
