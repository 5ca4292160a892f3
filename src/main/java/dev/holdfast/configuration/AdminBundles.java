package dev.holdfast.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.holdfast.admin.CertificateUse;
import dev.holdfast.admin.UsedBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;

/**
 * The certificates of the admin port, and of the actuator's own port where it has one.
 * Boot secures these itself, from a bundle or from files that are named without one.
 */
final class AdminBundles {

	private static final Logger logger = LoggerFactory.getLogger(AdminBundles.class);

	private final Supplier<SslBundles> bundles;

	private final Map<String, Ssl> ports = new ConcurrentHashMap<>();

	/** As they could last be read. */
	private final Map<String, BundleCertificates> known = new ConcurrentHashMap<>();

	AdminBundles(Supplier<SslBundles> bundles, @Nullable Ssl server, @Nullable Ssl management) {
		this.bundles = bundles;
		if (Ssl.isEnabled(server)) {
			this.ports.put("server.ssl", server);
		}
		if (Ssl.isEnabled(management)) {
			this.ports.put("management.server.ssl", management);
		}
	}

	/**
	 * The certificates that are in use now.
	 */
	List<UsedBundle> certificates() {
		List<UsedBundle> certificates = new ArrayList<>();
		this.ports.forEach((key, ssl) -> {
			String bundle = ssl.getBundle();
			BundleCertificates read = (bundle != null) ? bundle(bundle) : files(key, ssl);
			if (read != null) {
				certificates.add(read.as((bundle != null) ? bundle : key, CertificateUse.ADMIN_PORT));
			}
		});
		return certificates;
	}

	private @Nullable BundleCertificates bundle(String name) {
		try {
			this.known.put(name, BundleCertificates.of(this.bundles.get().getBundle(name)));
		}
		catch (NoSuchSslBundleException | IllegalStateException ex) {
			logger.debug("The certificates of {} cannot be read; they are shown as they were", name, ex);
		}
		return this.known.get(name);
	}

	/** Read once, as Boot does. */
	private BundleCertificates files(String key, Ssl ssl) {
		return this.known.computeIfAbsent(key, (name) -> BundleCertificates.of(WebServerSslBundle.get(ssl)));
	}

}
