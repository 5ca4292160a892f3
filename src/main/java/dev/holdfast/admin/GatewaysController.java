package dev.holdfast.admin;

import dev.holdfast.cluster.Gateways;
import dev.holdfast.cluster.GatewaysView;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * All gateways that share an etcd, which of them lags, and which one answers.
 */
@RestController
@RequestMapping("/registry/gateways")
class GatewaysController {

	private final Gateways gateways;

	GatewaysController(Gateways gateways) {
		this.gateways = gateways;
	}

	@GetMapping
	@TextColumns(first = "lagging", value = { "instanceId", "host", "PORT=adminPort", "version", "state", "revision",
			"BEHIND=revisionsBehind", "lagging", "self", "startedAt", "reportedAt" })
	GatewaysView list() {
		return this.gateways.view();
	}

}
