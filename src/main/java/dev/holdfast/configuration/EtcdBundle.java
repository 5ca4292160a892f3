package dev.holdfast.configuration;

import java.util.List;
import java.util.Optional;

import dev.holdfast.admin.CertificateUse;
import dev.holdfast.admin.UsedBundle;

/**
 * The SSL bundle that connections to etcd are secured with.
 *
 * @param bundle the bundle, empty for the JVM's own trust store
 */
record EtcdBundle(Optional<ConfiguredBundle> bundle) {

	/**
	 * The certificates that are in use now.
	 */
	List<UsedBundle> certificates() {
		return this.bundle.stream()
			.map((used) -> used.certificates().as(used.name(), CertificateUse.ETCD))
			.toList();
	}

}
