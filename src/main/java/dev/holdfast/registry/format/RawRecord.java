package dev.holdfast.registry.format;

import dev.holdfast.service.Registration;

/**
 * A record as the registry delivers it. Two raw records are never compared: one is made
 * for one reading.
 *
 * @param key the full key
 * @param value the value's bytes, read and not kept
 * @param createRevision the revision at which the key was created
 * @param modRevision the revision at which the key was last written
 * @param lease the id of the lease that the key hangs on, 0 for none
 * @param origin how the record came to the gateway
 */
@SuppressWarnings("ArrayRecordComponent")
public record RawRecord(String key, byte[] value, long createRevision, long modRevision, long lease,
		Registration.Origin origin) {
}
