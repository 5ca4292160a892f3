package dev.holdfast.route.source;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.store.FollowerSettings;

/**
 * Where routes come from besides the configuration.
 *
 * @param folder the folder that is watched, empty for none
 * @param folderInterval the time between two looks at the folder
 * @param etcd what is followed in etcd, empty for nothing
 * @param guard which removals in etcd are applied at once
 * @param file where documents are kept across restarts, empty for nowhere
 */
public record RouteSourcesSettings(Optional<Path> folder, Duration folderInterval, Optional<FollowerSettings> etcd,
		RemovalGuardSettings guard, Optional<Path> file) {
}
