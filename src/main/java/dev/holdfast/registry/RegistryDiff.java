package dev.holdfast.registry;

import java.util.List;

/**
 * How the cache and the registry differ at one moment.
 *
 * @param cacheRevision the revision of the cache
 * @param registryRevision the revision of the list that it was compared with
 * @param onlyInCache what the gateway routes to and the registry does not have
 * @param onlyInRegistry what the registry has and the gateway does not route to
 * @param different what both have and say differently
 */
public record RegistryDiff(long cacheRevision, long registryRevision, List<Difference> onlyInCache,
		List<Difference> onlyInRegistry, List<Difference> different) {

	/**
	 * One instance or record.
	 *
	 * @param key the record's full key
	 * @param service the service, empty when the record names none
	 * @param instance the instance's id, empty when the record registers none
	 * @param detail what the difference is, such as {@code held} or the two URLs
	 */
	public record Difference(String key, String service, String instance, String detail) {
	}

}
