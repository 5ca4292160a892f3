package dev.holdfast.configuration;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

import dev.holdfast.registry.etcd.TlsMaterial;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * The SSL bundle that connections to etcd are made with, as it is now: Boot replaces it
 * when its files change and {@code reload-on-update} is set.
 */
final class EtcdBundle implements Supplier<TlsMaterial> {

	private final SslBundles bundles;

	private final String name;

	/**
	 * Looks the bundle up and reads it.
	 * @throws SslBundleUnusableException if there is none of that name, or if its files
	 * cannot be read
	 */
	EtcdBundle(SslBundles bundles, String name) {
		this.bundles = bundles;
		this.name = name;
		try {
			get();
		}
		catch (RuntimeException ex) {
			throw new SslBundleUnusableException("holdfast.etcd.ssl-bundle", name, ex);
		}
	}

	@Override
	public TlsMaterial get() {
		SslBundle bundle = this.bundles.getBundle(this.name);
		SslOptions options = bundle.getOptions();
		return new TlsMaterial(bundle.getManagers().getKeyManagerFactory(),
				bundle.getManagers().getTrustManagerFactory(), list(options.getEnabledProtocols()),
				list(options.getCiphers()));
	}

	/**
	 * Runs an action whenever the bundle was replaced.
	 */
	void onChange(Runnable action) {
		this.bundles.addBundleUpdateHandler(this.name, (bundle) -> action.run());
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : List.of();
	}

}
