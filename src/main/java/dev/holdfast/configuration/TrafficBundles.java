package dev.holdfast.configuration;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import dev.holdfast.admin.CertificateUse;
import dev.holdfast.admin.UsedBundle;
import dev.holdfast.configuration.ConfiguredBundle.Need;
import dev.holdfast.proxy.ClientTls;
import dev.holdfast.proxy.TrafficTls;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.ServerName;
import dev.holdfast.tls.TlsMaterial;

import org.springframework.boot.ssl.SslBundles;

/**
 * The SSL bundles that the traffic port is configured with.
 */
final class TrafficBundles {

	private final Supplier<SslBundles> bundles;

	private final Map<ConfiguredBundle, CertificateUse> used = new LinkedHashMap<>();

	private final TrafficTls tls;

	/**
	 * Reads them.
	 * @throws SslBundleUnusableException if one of them is missing or cannot be used
	 */
	TrafficBundles(HoldfastProperties properties, Supplier<SslBundles> bundles) {
		this.bundles = bundles;
		this.tls = new TrafficTls(clients(properties.server()), backends(properties));
	}

	private Optional<ClientTls> clients(HoldfastProperties.Server server) {
		if (server.sslBundle().isEmpty()) {
			return Optional.empty();
		}
		Set<Need> needs = EnumSet.of(Need.KEY);
		if (server.clientAuth() != ClientAuth.NONE) {
			needs.add(Need.TRUST);
		}
		Map<ServerName, Supplier<TlsMaterial>> names = new LinkedHashMap<>();
		for (int i = 0; i < server.serverNameBundles().size(); i++) {
			HoldfastProperties.ServerNameBundle named = server.serverNameBundles().get(i);
			names.put(new ServerName(named.serverName()),
					use("holdfast.server.server-name-bundles[%d].bundle".formatted(i), named.bundle(),
							EnumSet.of(Need.KEY), CertificateUse.TRAFFIC_PORT));
		}
		return Optional.of(new ClientTls(use("holdfast.server.ssl-bundle", server.sslBundle(), needs, CertificateUse.TRAFFIC_PORT), names,
				server.clientAuth(), server.handshakeTimeout()));
	}

	private Map<String, Supplier<TlsMaterial>> backends(HoldfastProperties properties) {
		Map<String, Supplier<TlsMaterial>> backends = new LinkedHashMap<>();
		String usual = properties.upstream().sslBundle();
		if (!usual.isEmpty()) {
			backends.put(usual, use("holdfast.upstream.ssl-bundle", usual, Set.of(), CertificateUse.INSTANCES));
		}
		for (int i = 0; i < properties.routes().size(); i++) {
			String own = properties.routes().get(i).sslBundle();
			if (own != null && !own.isEmpty() && !backends.containsKey(own)) {
				backends.put(own, use("holdfast.routes[%d].ssl-bundle".formatted(i), own, Set.of(),
						CertificateUse.INSTANCES));
			}
		}
		return backends;
	}

	private ConfiguredBundle use(String key, String name, Set<Need> needs, CertificateUse use) {
		ConfiguredBundle bundle = new ConfiguredBundle(this.bundles.get(), key, name, needs);
		this.used.put(bundle, use);
		return bundle;
	}

	TrafficTls tls() {
		return this.tls;
	}

	/**
	 * The certificates that are in use now.
	 */
	List<UsedBundle> certificates() {
		return this.used.entrySet()
			.stream()
			.map((used) -> used.getKey().certificates().as(used.getKey().name(), used.getValue()))
			.toList();
	}

	/**
	 * Runs an action whenever one of them was replaced.
	 */
	void onChange(Runnable action) {
		this.used.keySet().forEach((bundle) -> bundle.onChange(action));
	}

}
