package dev.holdfast.configuration;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import dev.holdfast.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.core.NestedExceptionUtils;

/**
 * An SSL bundle that a key of the gateway names, as it was when it could last be used:
 * Boot replaces it when its files change and {@code reload-on-update} is set.
 */
final class ConfiguredBundle implements Supplier<TlsMaterial> {

	private static final Logger logger = LoggerFactory.getLogger(ConfiguredBundle.class);

	private final SslBundles bundles;

	private final String key;

	private final String name;

	private final Set<Need> needs;

	private final List<Runnable> actions = new CopyOnWriteArrayList<>();

	private volatile Contents contents;

	private boolean failing;

	/**
	 * Looks the bundle up and reads it.
	 * @param key the key that names the bundle
	 * @param needs what must be in it
	 * @throws SslBundleUnusableException if there is none of that name, if its files
	 * cannot be read, or if it lacks something
	 */
	ConfiguredBundle(SslBundles bundles, String key, String name, Set<Need> needs) {
		this.bundles = bundles;
		this.key = key;
		this.name = name;
		this.needs = Set.copyOf(needs);
		try {
			this.contents = read(bundles.getBundle(name));
		}
		catch (RuntimeException ex) {
			throw new SslBundleUnusableException(key, name, ex);
		}
	}

	private Contents read(SslBundle bundle) {
		SslOptions options = bundle.getOptions();
		TlsMaterial read = new TlsMaterial(bundle.getManagers().getKeyManagerFactory(),
				bundle.getManagers().getTrustManagerFactory(), list(options.getEnabledProtocols()),
				list(options.getCiphers()));
		read.check(this.needs.contains(Need.KEY));
		// The JVM's own authorities, which stand in for none, sign for everybody.
		if (this.needs.contains(Need.TRUST) && bundle.getStores().getTrustStore() == null) {
			throw new IllegalArgumentException("it has no trust store, by which clients' certificates could be judged");
		}
		return new Contents(read, BundleCertificates.of(bundle));
	}

	@Override
	public TlsMaterial get() {
		return this.contents.material();
	}

	String name() {
		return this.name;
	}

	/**
	 * The certificates that are in it.
	 */
	BundleCertificates certificates() {
		return this.contents.certificates();
	}

	/**
	 * Runs an action whenever the bundle was replaced by one that can be used.
	 */
	void onChange(Runnable action) {
		if (this.actions.isEmpty()) {
			this.bundles.addBundleUpdateHandler(this.name, (bundle) -> {
				if (replace(bundle)) {
					this.actions.forEach(Runnable::run);
				}
			});
		}
		this.actions.add(action);
	}

	private synchronized boolean replace(SslBundle bundle) {
		try {
			this.contents = read(bundle);
		}
		catch (RuntimeException ex) {
			if (!this.failing) {
				this.failing = true;
				logger.warn("{}: \"{}\" has changed and cannot be used: {}; the gateway goes on with what it was",
						this.key, this.name, NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			}
			return false;
		}
		this.failing = false;
		logger.info("{}: \"{}\" has changed; new connections use it", this.key, this.name);
		return true;
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : List.of();
	}

	private record Contents(TlsMaterial material, BundleCertificates certificates) {
	}

	/**
	 * Something without which a bundle is of no use where it is named.
	 */
	enum Need {

		/** A certificate with its key. */
		KEY,

		/** Authorities of its own. */
		TRUST

	}

}
