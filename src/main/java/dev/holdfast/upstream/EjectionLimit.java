package dev.holdfast.upstream;

import java.util.function.BooleanSupplier;

/**
 * Says how many of a service's instances may be ejected at a time because they fail
 * requests.
 */
@FunctionalInterface
interface EjectionLimit {

	/**
	 * Ejects one if there may be one more.
	 * @param ejection ejects it, and tells whether it did
	 * @return whether it was ejected
	 */
	boolean tryEject(BooleanSupplier ejection);

}
