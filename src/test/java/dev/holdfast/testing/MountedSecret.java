package dev.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

import dev.holdfast.testing.CertificateAuthority.Issued;

/**
 * A folder that Kubernetes mounts a Secret at: its files are links through one link that
 * is replaced when the Secret has changed.
 */
public final class MountedSecret {

	private final Path folder;

	private int version;

	/**
	 * Lays the links, which lead nowhere yet.
	 * @param folder where the Secret is mounted, which must be there
	 * @throws IOException if they cannot be laid
	 */
	public MountedSecret(Path folder) throws IOException {
		this.folder = folder;
		Files.createSymbolicLink(certificate(), Path.of("..data", "tls.crt"));
		Files.createSymbolicLink(key(), Path.of("..data", "tls.key"));
	}

	/**
	 * The file of the certificate.
	 * @return the path, whatever it leads to now
	 */
	public Path certificate() {
		return this.folder.resolve("tls.crt");
	}

	/**
	 * The file of the private key.
	 * @return the path, whatever it leads to now
	 */
	public Path key() {
		return this.folder.resolve("tls.key");
	}

	/**
	 * Changes the Secret. The files of before are gone afterwards.
	 * @param issued what is in it from now on
	 * @throws IOException if it cannot be changed
	 */
	public void replace(Issued issued) throws IOException {
		Path data = this.folder.resolve("..data");
		Optional<Path> before = Files.exists(data) ? Optional.of(data.toRealPath()) : Optional.empty();
		Path next = Files.createDirectory(this.folder.resolve("..version" + ++this.version));
		Files.copy(issued.certificate(), next.resolve("tls.crt"));
		Files.copy(issued.key(), next.resolve("tls.key"));
		Path link = Files.createSymbolicLink(this.folder.resolve("..data_tmp"), next.getFileName());
		Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
		if (before.isPresent()) {
			Folders.delete(before.get());
		}
	}

}
