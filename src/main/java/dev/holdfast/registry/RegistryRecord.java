package dev.holdfast.registry;

import dev.holdfast.service.ParsedRecord;

/**
 * A record as a list or a watch found it.
 *
 * @param key its full key
 * @param modRevision the registry's revision at which it was last written
 * @param lease the id of the lease that it hangs on, 0 for none
 * @param parsed what it says
 */
public record RegistryRecord(String key, long modRevision, long lease, ParsedRecord parsed) {
}
