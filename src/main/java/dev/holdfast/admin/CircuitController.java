package dev.holdfast.admin;

import java.util.Set;

import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.Scope;
import dev.holdfast.service.ServiceName;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Opens the circuit of a service at an operator's word, or lets it begin anew.
 */
@RestController
@RequestMapping("/registry/services/{service}/circuit")
class CircuitController {

	private static final String ACTION = "action";

	private final ServiceCatalogue catalogue;

	private final Traffic traffic;

	private final OverrideWrites writes;

	CircuitController(ServiceCatalogue catalogue, Traffic traffic, OverrideWrites writes) {
		this.catalogue = catalogue;
		this.traffic = traffic;
		this.writes = writes;
	}

	@PostMapping
	CircuitView act(@PathVariable String service, WriteBody body, HttpServletRequest request)
			throws InterruptedException {
		OverrideWrites.allowOnly(body, ACTION);
		if (!ServiceName.isValid(service)) {
			throw ProblemException.unknownService(service);
		}
		ServiceName name = new ServiceName(service);
		CircuitAction action = body.constant(ACTION, CircuitAction.class, null);
		return this.writes.inTurn(OverrideWrites.scope(body), request, () -> act(action, name, body));
	}

	private CircuitView act(CircuitAction action, ServiceName name, WriteBody body) throws InterruptedException {
		Action.CircuitOpen open = new Action.CircuitOpen(name);
		switch (action) {
			case FORCE_OPEN -> forceOpen(open, body);
			case RESET -> reset(name, open, body);
		}
		return new CircuitView(this.traffic.circuit(name),
				this.writes.inForce(open).map((set) -> OverrideView.of(set)).orElse(null));
	}

	private void forceOpen(Action.CircuitOpen open, WriteBody body) throws InterruptedException {
		if (!this.catalogue.isKnown(open.service())) {
			throw ProblemException.unknownService(open.service().value());
		}
		this.writes.put(open, body, OverrideWrites.MAX_TIME);
	}

	/** Also of what has gone: its circuit would be open when it is back. */
	private void reset(ServiceName service, Action.CircuitOpen open, WriteBody body) throws InterruptedException {
		body.allowOnly(Set.of(ACTION, OverrideWrites.SCOPE));
		Scope scope = OverrideWrites.scope(body);
		this.writes.end(open, scope);
		switch (scope) {
			case LOCAL -> this.traffic.resetCircuit(service);
			case CLUSTER ->
				this.writes.<Void>command(new Command.ResetCircuit(service, body.printableReason(), body.by()));
		}
	}

	/**
	 * What an operator has a circuit do.
	 */
	enum CircuitAction {

		/** To stay open, whatever its requests say. */
		FORCE_OPEN,

		/** To begin anew, closed. */
		RESET

	}

	/**
	 * What has become of a circuit.
	 *
	 * @param circuit its state on this gateway
	 * @param override what keeps it open, {@code null} when nothing does
	 */
	record CircuitView(String circuit, @Nullable OverrideView override) {
	}

}
