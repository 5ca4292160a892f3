package dev.holdfast.admin;

import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.source.RouteCatalog;
import dev.holdfast.service.Service;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * Everything that the gateway knows, in one document without secrets, to be kept or sent
 * to whoever looks into a trouble. Services and what else is many are made one by one
 * while they are written, so that a large registry costs no more memory than a small one.
 */
@RestController
@RequestMapping("/registry/export")
class ExportController {

	/** Grows when members change their meaning or go; new ones may come at any time. */
	static final int SCHEMA_VERSION = 1;

	private final Registry registry;

	private final ServiceCatalogue catalogue;

	private final GatewayIdentity identity;

	private final ActiveRoutes routes;

	private final RouteCatalog catalogOfRoutes;

	private final Overrides overrides;

	private final Audit audit;

	private final CertificatesController certificates;

	private final EffectiveConfiguration configuration;

	private final ObjectProvider<ExportPart> parts;

	private final Clock clock;

	ExportController(Registry registry, ServiceCatalogue catalogue, GatewayIdentity identity, ActiveRoutes routes,
			RouteCatalog catalogOfRoutes, Overrides overrides, Audit audit, CertificatesController certificates,
			EffectiveConfiguration configuration, ObjectProvider<ExportPart> parts, Clock clock) {
		this.registry = registry;
		this.catalogue = catalogue;
		this.identity = identity;
		this.routes = routes;
		this.catalogOfRoutes = catalogOfRoutes;
		this.overrides = overrides;
		this.audit = audit;
		this.certificates = certificates;
		this.configuration = configuration;
		this.parts = parts;
		this.clock = clock;
	}

	@RequestMapping(method = RequestMethod.GET, produces = MediaType.APPLICATION_JSON_VALUE)
	Map<String, Object> export(HttpServletResponse response) {
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"holdfast-export.json\"");
		return content();
	}

	private Map<String, Object> content() {
		Map<String, Object> export = new LinkedHashMap<>();
		export.put("schemaVersion", SCHEMA_VERSION);
		export.put("exportedAt", this.clock.instant());
		export.put("sentence", Overview.sentence(this.registry));
		export.put("status", StatusView.of(this.registry, this.overrides, this.identity));
		export.put("configuration", this.configuration.find());
		export.put("routes", RoutesController.all(this.routes.table(), this.catalogOfRoutes));
		export.put("certificates", this.certificates.all());
		ActiveOverrides active = this.overrides.active();
		export.put("overrides", active.all().stream().map((it) -> OverrideView.of(it, active)).toList());
		export.put("services", services());
		export.put("held", each(this.registry.held(), HeldInstance::of));
		export.put("unreadable", each(this.registry.unreadable(), StatusController::shown));
		export.put("journal", each(this.registry.journal(0), JournalItem::of));
		export.put("audit", this.audit.entries());
		this.parts.orderedStream().forEach((part) -> export.put(part.name(), part.content()));
		return export;
	}

	private Iterable<ServiceDetail> services() {
		Service[] services = this.registry.snapshot().services().values().toArray(Service[]::new);
		Arrays.sort(services, Comparator.comparing(Service::name));
		return () -> Arrays.stream(services).map((service) -> this.catalogue.detail(service, true)).iterator();
	}

	private static <S, T> Iterable<T> each(List<S> all, Function<S, T> view) {
		return () -> all.stream().map(view).iterator();
	}

}
