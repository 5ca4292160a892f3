package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * How an etcd differs from one that is started without any option.
 *
 * @param tls whether clients connect by TLS
 * @param flags words of the command line
 */
public record EtcdOptions(boolean tls, List<String> flags) {

	/**
	 * No option at all.
	 */
	public static final EtcdOptions NONE = new EtcdOptions(false, List.of());

	/**
	 * Copies the flags.
	 */
	public EtcdOptions {
		flags = List.copyOf(flags);
	}

	/**
	 * Serves clients by TLS. etcd reads both files anew for each connection.
	 * @param certificate file with the certificate chain, PEM
	 * @param key file with its private key, PEM
	 * @return the options with this one
	 */
	public EtcdOptions withTls(Path certificate, Path key) {
		return new EtcdOptions(true, and("--cert-file=" + certificate, "--key-file=" + key));
	}

	/**
	 * Serves only clients with a certificate; needs {@link #withTls}.
	 * @param authority file with the certificate of the authority that must have signed
	 * it, PEM; read once
	 * @return the options with this one
	 */
	public EtcdOptions withClientCertificates(Path authority) {
		return new EtcdOptions(this.tls, and("--client-cert-auth", "--trusted-ca-file=" + authority));
	}

	/**
	 * Lets simple tokens end when they were not used for a time.
	 * @param ttl the time, whole seconds
	 * @return the options with this one
	 */
	public EtcdOptions withSimpleTokens(Duration ttl) {
		return new EtcdOptions(this.tls, and("--auth-token=simple", "--auth-token-ttl=" + ttl.toSeconds()));
	}

	/**
	 * Gives out JWTs, which end whether they are used or not, and whenever users or roles
	 * change.
	 * @param folder where to put the keys that sign them
	 * @param ttl how long they live
	 * @return the options with this one
	 */
	public EtcdOptions withJwt(Path folder, Duration ttl) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(2048);
			KeyPair pair = generator.generateKeyPair();
			Path publicKey = write(folder.resolve("jwt.pub"), "PUBLIC KEY", pair.getPublic().getEncoded());
			Path privateKey = write(folder.resolve("jwt.key"), "PRIVATE KEY", pair.getPrivate().getEncoded());
			return new EtcdOptions(this.tls, and("--auth-token=jwt,pub-key=%s,priv-key=%s,sign-method=RS256,ttl=%ds"
				.formatted(publicKey, privateKey, ttl.toSeconds())));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Limits the size of the data, beyond which etcd raises the alarm NOSPACE and refuses
	 * writes.
	 * @param bytes the size; etcd's file is never smaller than some 32 KiB
	 * @return the options with this one
	 */
	public EtcdOptions withQuota(long bytes) {
		return new EtcdOptions(this.tls, and("--quota-backend-bytes=" + bytes));
	}

	/**
	 * Lets requests be larger than etcd's 1.5 MiB.
	 * @param bytes the largest request
	 * @param operations the most operations in a transaction
	 * @return the options with this one
	 */
	public EtcdOptions withLargeRequests(long bytes, int operations) {
		return new EtcdOptions(this.tls, and("--max-request-bytes=" + bytes, "--max-txn-ops=" + operations));
	}

	private List<String> and(String... more) {
		List<String> all = new ArrayList<>(this.flags);
		all.addAll(List.of(more));
		return all;
	}

	private static Path write(Path file, String type, byte[] content) {
		try {
			String text = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content);
			return Files.writeString(file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, text, type));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
