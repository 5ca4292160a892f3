package dev.holdfast.override;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * The overrides at one moment. Of one key the local one is in force: who set it on this
 * very gateway knows more of it.
 */
public final class ActiveOverrides {

	/** None. */
	public static final ActiveOverrides NONE = new ActiveOverrides(Map.of(), Map.of(), Set.of());

	private final Map<String, OperatorOverride> local;

	private final Map<String, OperatorOverride> shared;

	private final Set<String> lost;

	private final Map<String, OperatorOverride> inForce;

	private final Map<ServiceName, ServiceOverrides> services;

	private ActiveOverrides(Map<String, OperatorOverride> local, Map<String, OperatorOverride> shared,
			Set<String> lost) {
		this.local = Map.copyOf(local);
		this.shared = Map.copyOf(shared);
		this.lost = lost.stream().filter(shared::containsKey).collect(Collectors.toUnmodifiableSet());
		Map<String, OperatorOverride> inForce = new HashMap<>(shared);
		inForce.putAll(local);
		this.inForce = Map.copyOf(inForce);
		this.services = services(inForce.values());
	}

	private static Map<ServiceName, ServiceOverrides> services(Collection<OperatorOverride> overrides) {
		Map<ServiceName, Builder> builders = new HashMap<>();
		for (OperatorOverride override : overrides) {
			override.action()
				.target()
				.ifPresent((service) -> builders.computeIfAbsent(service, (name) -> new Builder()).add(override));
		}
		Map<ServiceName, ServiceOverrides> services = new HashMap<>();
		builders.forEach((name, builder) -> services.put(name, builder.build()));
		return Map.copyOf(services);
	}

	/**
	 * Return the overrides of both scopes, those that another one hides included.
	 * @return the overrides, sorted by key, the local one of a key first
	 */
	public List<OperatorOverride> all() {
		List<OperatorOverride> all = new ArrayList<>();
		new TreeMap<>(this.inForce).forEach((key, override) -> {
			all.add(override);
			OperatorOverride other = this.shared.get(key);
			if (override.scope() == Scope.LOCAL && other != null) {
				all.add(other);
			}
		});
		return List.copyOf(all);
	}

	/**
	 * Return those of one scope by their keys.
	 * @param scope the scope
	 * @return the overrides, also those that another one hides
	 */
	public Map<String, OperatorOverride> of(Scope scope) {
		return switch (scope) {
			case LOCAL -> this.local;
			case CLUSTER -> this.shared;
		};
	}

	/**
	 * Return what is in force for a service.
	 * @param service its name
	 * @return the overrides, {@link ServiceOverrides#NONE} when there are none
	 */
	public ServiceOverrides of(ServiceName service) {
		return this.services.getOrDefault(service, ServiceOverrides.NONE);
	}

	/**
	 * Return what keeps the registry from being published.
	 * @return the override, empty when nothing does
	 */
	public Optional<OperatorOverride> freeze() {
		return Optional.ofNullable(this.inForce.get(new Action.Freeze().key()));
	}

	/**
	 * Return all that are in force by their keys.
	 * @return the overrides
	 */
	public Map<String, OperatorOverride> inForce() {
		return this.inForce;
	}

	/**
	 * Return the keys of those for all gateways that etcd has lost: it was wiped,
	 * restored or replaced, and nobody has ended them.
	 * @return the keys, also of those that another one hides
	 */
	public Set<String> lost() {
		return this.lost;
	}

	/**
	 * Whether an override is for all gateways and etcd has lost it.
	 * @param override one of these
	 * @return whether it is one of {@link #lost()}
	 */
	public boolean isLost(OperatorOverride override) {
		return override.scope() == Scope.CLUSTER && this.lost.contains(override.key());
	}

	ActiveOverrides with(OperatorOverride override) {
		Map<String, OperatorOverride> changed = new HashMap<>(of(override.scope()));
		changed.put(override.key(), override);
		return withAll(override.scope(), changed);
	}

	ActiveOverrides without(Scope scope, String key) {
		Map<String, OperatorOverride> changed = new HashMap<>(of(scope));
		changed.remove(key);
		return withAll(scope, changed);
	}

	ActiveOverrides withAll(Scope scope, Map<String, OperatorOverride> overrides) {
		return switch (scope) {
			case LOCAL -> new ActiveOverrides(overrides, this.shared, this.lost);
			case CLUSTER -> withShared(overrides, this.lost);
		};
	}

	ActiveOverrides withShared(Map<String, OperatorOverride> overrides, Set<String> lost) {
		return new ActiveOverrides(this.local, overrides, lost);
	}

	ActiveOverrides without(Predicate<OperatorOverride> ended) {
		Map<String, OperatorOverride> localOnes = without(this.local, ended);
		Map<String, OperatorOverride> sharedOnes = without(this.shared, ended);
		boolean same = localOnes.size() == this.local.size() && sharedOnes.size() == this.shared.size();
		return same ? this : new ActiveOverrides(localOnes, sharedOnes, this.lost);
	}

	private static Map<String, OperatorOverride> without(Map<String, OperatorOverride> overrides,
			Predicate<OperatorOverride> ended) {
		Map<String, OperatorOverride> left = new HashMap<>(overrides);
		left.values().removeIf(ended);
		return left;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ActiveOverrides that && this.local.equals(that.local) && this.shared.equals(that.shared)
				&& this.lost.equals(that.lost);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.local, this.shared, this.lost);
	}

	@Override
	public String toString() {
		return all().toString();
	}

	/** Of one service; a map of maps that is copied for each override costs more. */
	private static final class Builder {

		private final Map<String, InstanceOverrides> instances = new HashMap<>();

		private @Nullable OperatorOverride circuitOpen;

		void add(OperatorOverride override) {
			switch (override.action()) {
				case Action.Drain(ServiceName service, String instance) -> add(instance, override);
				case Action.Weight(ServiceName service, String instance, int weight) -> add(instance, override);
				case Action.CircuitOpen circuit -> this.circuitOpen = override;
				case Action.Freeze freeze -> {
					// Of no service.
				}
			}
		}

		private void add(String instance, OperatorOverride override) {
			this.instances.merge(instance, InstanceOverrides.NONE.with(override),
					(known, added) -> known.with(override));
		}

		ServiceOverrides build() {
			return new ServiceOverrides(this.circuitOpen, this.instances);
		}

	}

}
