package dev.holdfast.outage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Folders;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TcpProxy;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;

/**
 * An etcd that serves by TLS and asks for certificates, behind a proxy.
 */
final class Certificates extends Stage {

	private static final String ETCD = "etcd";

	private static final String GATEWAY = "gateway";

	private static final String ADDRESS = "127.0.0.1";

	private final Folders.Temporary folder = open(Folders.temporary("holdfast-outage-"));

	private final CertificateAuthority authority = new CertificateAuthority(this.folder.path(), "authority");

	private final EtcdProcess etcd;

	private final EtcdKeys keys;

	private final TcpProxy proxy;

	private final GatewayProcess gateway;

	Certificates(Closer closer) {
		super(closer);
		Issued server = this.authority.issue(ETCD, ADDRESS);
		this.etcd = EtcdProcess.start(EtcdOptions.NONE.withTls(server.certificate(), server.key())
			.withClientCertificates(this.authority.certificate()));
		this.proxy = open(TcpProxy.before(this.etcd.address(), this.etcd.port()));
		this.keys = open(new EtcdKeys(List.of(this.etcd.endpoint()), trusting(this.authority.issue("operator"))));
		register();
		Issued own = this.authority.issue(GATEWAY);
		this.gateway = open(GatewayProcess.with(this.proxy.url().replace("http:", "https:"))
			.arguments("--holdfast.etcd.ssl-bundle=etcd",
					"--spring.ssl.bundle.pem.etcd.truststore.certificate=" + this.authority.certificate(),
					"--spring.ssl.bundle.pem.etcd.keystore.certificate=" + own.certificate(),
					"--spring.ssl.bundle.pem.etcd.keystore.private-key=" + own.key(),
					"--spring.ssl.bundle.pem.etcd.reload-on-update=true",
					"--spring.ssl.bundle.watch.file.quiet-period=500ms")
			.start());
	}

	private UnaryOperator<ClientBuilder> trusting(Issued own) {
		return (builder) -> {
			try {
				return builder.sslContext(GrpcSslContexts.forClient()
					.keyManager(own.certificate().toFile(), own.key().toFile())
					.trustManager(this.authority.certificate().toFile())
					.build());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		};
	}

	/** Gives etcd a certificate that expired, which it shows to new connections. */
	void expireServer() {
		this.authority.issueExpired(ETCD, ADDRESS);
		this.proxy.reset();
	}

	/** Gives etcd another certificate. */
	void issueServer(String host) {
		this.authority.issue(ETCD, host);
		this.proxy.reset();
	}

	/** Gives etcd a new certificate that is as it must be. */
	void renewServer() {
		issueServer(ADDRESS);
	}

	/** Puts a certificate that expired in place of the gateway's. */
	void expireGateway() {
		this.authority.issueExpired(GATEWAY);
	}

	/** Puts a new certificate in place of the gateway's. */
	void renewGateway() {
		this.authority.issue(GATEWAY);
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	@Override
	void put(String key, String value) {
		this.keys.put(key, value);
	}

	@Override
	void delete(String key) {
		this.keys.delete(key);
	}

}
