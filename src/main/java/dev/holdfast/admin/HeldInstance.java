package dev.holdfast.admin;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.registry.HeldRemoval;

/**
 * An instance whose removal is held, in the list of them.
 *
 * @param service the name of its service
 * @param instance its id
 * @param url where it listens
 * @param key the full key of the record that registered it
 * @param hold why and for how long it stays
 */
record HeldInstance(String service, String instance, String url, String key, @JsonUnwrapped Hold hold) {

	static HeldInstance of(HeldRemoval removal) {
		return new HeldInstance(removal.service().value(), removal.instance().id(),
				removal.instance().endpoint().toString(), removal.instance().registration().key(), Hold.of(removal));
	}

	/**
	 * Tells whether the service, the id, the URL or the key contains a text, in any case.
	 */
	boolean matches(String text) {
		return Text.contains(text, this.service, this.instance, this.url, this.key);
	}

}
