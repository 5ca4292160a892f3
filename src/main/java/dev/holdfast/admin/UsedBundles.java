package dev.holdfast.admin;

import java.util.List;

/**
 * Finds the SSL bundles that the gateway uses.
 */
@FunctionalInterface
public interface UsedBundles {

	/**
	 * Return the bundles with what they have now: files may have been replaced.
	 * @return one for each use of a bundle
	 */
	List<UsedBundle> find();

}
