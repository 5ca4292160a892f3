package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * An authority for tests, which signs certificates of every kind and writes them into
 * files as PEM.
 */
public final class CertificateAuthority {

	private final Path folder;

	private final X509Bundle root;

	private final Path certificate;

	/**
	 * Creates an authority that nobody trusts yet.
	 * @param folder where its files go
	 * @param name its name, also of its own file
	 */
	public CertificateAuthority(Path folder, String name) {
		this.folder = folder;
		CertificateBuilder builder = valid("CN=" + name).setIsCertificateAuthority(true)
			.setKeyUsage(true, CertificateBuilder.KeyUsage.keyCertSign, CertificateBuilder.KeyUsage.cRLSign);
		this.root = build(builder::buildSelfSigned);
		this.certificate = write(name + ".crt", this.root.getCertificatePEM());
	}

	/**
	 * The authority's own certificate, by which those that it signs are trusted.
	 * @return a file, PEM
	 */
	public Path certificate() {
		return this.certificate;
	}

	/**
	 * Signs a certificate that is valid now. Files of an earlier one with the same name
	 * are replaced, each at once.
	 * @param name name of the subject and of the files
	 * @param hosts DNS names and IP addresses that it is for, none for a client
	 * @return the files
	 */
	public Issued issue(String name, String... hosts) {
		return sign(valid("CN=" + name), name, hosts);
	}

	/**
	 * Signs a certificate that expired an hour ago.
	 * @param name name of the subject and of the files
	 * @param hosts DNS names and IP addresses that it is for, none for a client
	 * @return the files
	 */
	public Issued issueExpired(String name, String... hosts) {
		Instant now = Instant.now();
		return sign(
				valid("CN=" + name).notBefore(now.minus(Duration.ofDays(2))).notAfter(now.minus(Duration.ofHours(1))),
				name, hosts);
	}

	private Issued sign(CertificateBuilder builder, String name, String... hosts) {
		for (String host : hosts) {
			if (host.matches("[0-9.]+|.*:.*")) {
				builder.addSanIpAddress(host);
			}
			else {
				builder.addSanDnsName(host);
			}
		}
		X509Bundle bundle = build(() -> builder.buildIssuedBy(this.root));
		// The key first: who reloads on a change of the certificate finds its key.
		Path key = write(name + ".key", bundle.getPrivateKeyPEM());
		return new Issued(write(name + ".crt", bundle.getCertificatePEM()), key);
	}

	private static CertificateBuilder valid(String subject) {
		Instant now = Instant.now();
		return new CertificateBuilder().subject(subject)
			.ecp256()
			.notBefore(now.minus(Duration.ofDays(1)))
			.notAfter(now.plus(Duration.ofDays(1)));
	}

	private static X509Bundle build(Callable<X509Bundle> builder) {
		try {
			return builder.call();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Path write(String file, String text) {
		try {
			Path whole = Files.writeString(Files.createTempFile(this.folder, file, ""), text);
			return Files.move(whole, this.folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A certificate and its key.
	 *
	 * @param certificate the certificate's file, PEM
	 * @param key the private key's file, PEM, PKCS#8
	 */
	public record Issued(Path certificate, Path key) {
	}

}
