package dev.holdfast.route.source;

import java.util.List;

import dev.holdfast.route.Route;
import org.jspecify.annotations.Nullable;

/**
 * Hears which routes have changed. Called by whoever changes them, one at a time; must
 * not block.
 */
@FunctionalInterface
public interface RouteListener {

	/**
	 * Takes changes that are in force already.
	 * @param changes what has changed, at least one
	 */
	void onRoutes(List<Change> changes);

	/**
	 * A route that differs from before.
	 *
	 * @param id its id
	 * @param before what it was, {@code null} when it is new
	 * @param after what it is, {@code null} when it is gone
	 * @param origin where it is written, or was
	 */
	record Change(String id, @Nullable Route before, @Nullable Route after, RouteOrigin origin) {
	}

}
