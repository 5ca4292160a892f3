package dev.holdfast.registry.guard;

import java.util.List;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

/**
 * The end of a record, as the registry tells it.
 *
 * @param key the record's full key
 * @param service the service that it registered instances of
 * @param instances those instances
 * @param lease the lease that it hung on, 0 for none
 * @param revision the revision at which it went, or at which a list lacked it
 * @param trusted whether it was observed in the history that the gateway followed; a
 * cluster that was wiped, restored or replaced lacks records that nobody removed
 */
public record Removal(String key, ServiceName service, List<Instance> instances, long lease, long revision,
		boolean trusted) {

	/**
	 * Whether somebody deleted the record: without a lease it could not go otherwise.
	 */
	boolean isExplicit() {
		return this.trusted && this.lease == 0;
	}

	/**
	 * Whether the lease tells what happened: if it is alive, somebody deleted the record.
	 */
	boolean isToldByLease() {
		return this.trusted && this.lease != 0;
	}

}
