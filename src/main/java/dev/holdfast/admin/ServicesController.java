package dev.holdfast.admin;

import java.util.List;
import java.util.Set;

import dev.holdfast.registry.Change;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
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

	@GetMapping
	Page<ServiceSummary> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String status,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size, HttpServletRequest read) {
		PageRequest request = PageRequest.of(page, size);
		ServiceQuery query = ServiceQuery.of(q, status, sort, TrafficShown.in(read));
		return this.catalogue.find(query, request);
	}

	@GetMapping("/{service}")
	ServiceDetail get(@PathVariable String service, HttpServletRequest read) {
		return this.catalogue.find(service, TrafficShown.in(read))
			.orElseThrow(() -> ProblemException.unknownService(service));
	}

	@GetMapping("/{service}/history")
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
