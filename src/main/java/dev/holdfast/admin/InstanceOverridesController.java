package dev.holdfast.admin;

import dev.holdfast.override.Action;
import dev.holdfast.service.ServiceName;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes requests from an instance, or gives it another share of them, for a while.
 */
@RestController
@RequestMapping("/registry/services/{service}/instances/{instance}")
class InstanceOverridesController {

	private static final String FORCE = "force";

	private static final String WEIGHT = "weight";

	private final ServiceCatalogue catalogue;

	private final OverrideWrites writes;

	InstanceOverridesController(ServiceCatalogue catalogue, OverrideWrites writes) {
		this.catalogue = catalogue;
		this.writes = writes;
	}

	@PutMapping("/drain")
	OverrideView drain(@PathVariable String service, @PathVariable String instance, WriteBody body,
			HttpServletRequest request) throws InterruptedException {
		OverrideWrites.allowOnly(body, FORCE);
		return put(new Action.Drain(known(service, instance), instance), instance, body, request);
	}

	@DeleteMapping("/drain")
	ResponseEntity<OverrideView> undrain(@PathVariable String service, @PathVariable String instance,
			@RequestParam(required = false) @Nullable String scope, HttpServletRequest request)
			throws InterruptedException {
		return end(new Action.Drain(name(service), id(service, instance)), scope, request);
	}

	@PutMapping("/weight")
	OverrideView weigh(@PathVariable String service, @PathVariable String instance, WriteBody body,
			HttpServletRequest request) throws InterruptedException {
		OverrideWrites.allowOnly(body, WEIGHT, FORCE);
		int weight = body.number(WEIGHT, 0, Action.Weight.MAX);
		return put(new Action.Weight(known(service, instance), instance, weight), instance, body, request);
	}

	@DeleteMapping("/weight")
	ResponseEntity<OverrideView> unweigh(@PathVariable String service, @PathVariable String instance,
			@RequestParam(required = false) @Nullable String scope, HttpServletRequest request)
			throws InterruptedException {
		return end(new Action.Weight(name(service), id(service, instance), 0), scope, request);
	}

	private ResponseEntity<OverrideView> end(Action action, @Nullable String scope, HttpServletRequest request)
			throws InterruptedException {
		return this.writes.inTurn(OverrideWrites.scope(scope), request, () -> this.writes.remove(action, scope));
	}

	/** Two at the same moment could else each spare the other's instance. */
	private OverrideView put(Action action, String instance, WriteBody body, HttpServletRequest request)
			throws InterruptedException {
		return this.writes.inTurn(OverrideWrites.scope(body), request, () -> putUnlessLast(action, instance, body));
	}

	private OverrideView putUnlessLast(Action action, String instance, WriteBody body) throws InterruptedException {
		if (!body.flag(FORCE) && takesRequestsAway(action)) {
			action.target().ifPresent((service) -> checkNotLast(service, instance));
		}
		return OverrideView.of(this.writes.put(action, body, OverrideWrites.MAX_TIME));
	}

	private static boolean takesRequestsAway(Action action) {
		return switch (action) {
			case Action.Drain drain -> true;
			case Action.Weight weight -> weight.weight() == 0;
			case Action.CircuitOpen circuit -> false;
			case Action.Freeze freeze -> false;
		};
	}

	private void checkNotLast(ServiceName service, String instance) {
		if (this.catalogue.isLastRoutable(service, instance)) {
			throw new ProblemException(HttpStatus.CONFLICT, "last-routable-instance",
					"instance: no other instance of \"%s\" is routable than \"%s\" (expected: another one, or force: true)"
						.formatted(service, instance));
		}
	}

	private ServiceName known(String service, String instance) {
		ServiceName name = name(service);
		if (!this.catalogue.isKnown(name)) {
			throw ProblemException.unknownService(service);
		}
		if (!this.catalogue.isKnown(name, instance)) {
			throw unknownInstance(service, instance);
		}
		return name;
	}

	/** Of what has gone an override may still be ended. */
	private static ServiceName name(String service) {
		if (!ServiceName.isValid(service)) {
			throw ProblemException.unknownService(service);
		}
		return new ServiceName(service);
	}

	private static String id(String service, String instance) {
		if (instance.isEmpty() || instance.length() > Action.MAX_INSTANCE_LENGTH) {
			throw unknownInstance(service, instance);
		}
		return instance;
	}

	private static ProblemException unknownInstance(String service, String instance) {
		return new ProblemException(HttpStatus.NOT_FOUND, "unknown-instance",
				"instance: \"%s\" (expected: one of the instances of \"%s\")".formatted(instance, service));
	}

}
