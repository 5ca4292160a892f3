package dev.holdfast.admin;

import java.util.List;
import java.util.Set;

import dev.holdfast.registry.Change;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The services that are registered.
 */
@RestController
@RequestMapping("/registry/services")
class ServicesController {

	private final ServiceCatalogue catalogue;

	ServicesController(ServiceCatalogue catalogue) {
		this.catalogue = catalogue;
	}

	/**
	 * At a terminal a page is all that one sees, so the worst come first there.
	 */
	@GetMapping
	@TextColumns({ "name", "status", "ROUTABLE=instances.routable", "TOTAL=instances.total", "HELD=instances.held",
			"DRAINING=instances.draining", "EJECTED=instances.ejected", "circuit", "revision",
			"REQ/S=requestsPerSecond", "ERRORS=errorRatio", "p50", "p95", "p99" })
	Page<ServiceSummary> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String status,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size, HttpServletRequest read) {
		PageRequest request = PageRequest.of(page, size);
		boolean worstFirst = sort == null && PlainText.isPreferred(read.getHeader(HttpHeaders.ACCEPT));
		ServiceQuery query = ServiceQuery.of(q, status, worstFirst ? "-status" : sort, TrafficShown.in(read));
		return this.catalogue.find(query, request);
	}

	@GetMapping("/{service}")
	@TextColumns(rows = "instances", first = "health.reasons",
			value = { "id", "url", "health.status", "weight", "EFFECTIVE=effectiveWeight", "zone", "version",
					"ACTIVE=traffic.active", "TOTAL=traffic.total", "ERRORS=traffic.errors", "registration.source",
					"health.reasons" })
	ServiceDetail get(@PathVariable String service, HttpServletRequest read) {
		return this.catalogue.find(service, TrafficShown.in(read))
			.orElseThrow(() -> ProblemException.unknownService(service));
	}

	@GetMapping("/{service}/history")
	@TextColumns({ "time", "revision", "cause", "instance", "detail" })
	Page<Change> history(@PathVariable String service, @RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String cause,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		Set<Change.Cause> causes = Parameters.constants("cause", cause, Change.Cause.class);
		boolean newestFirst = Parameters.isNewestFirst(sort);
		List<Change> changes = this.catalogue.history(service)
			.orElseThrow(() -> ProblemException.unknownService(service))
			.stream()
			.filter((change) -> causes.contains(change.cause()))
			.filter((change) -> q == null || Text.contains(q, change.instance(), change.detail()))
			.toList();
		return Page.of(newestFirst ? changes : changes.reversed(), request);
	}

}
