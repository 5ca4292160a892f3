package dev.holdfast.admin;

import java.util.List;

import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.override.Overrides;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The overrides of both scopes.
 */
@RestController
@RequestMapping("/registry/overrides")
class OverridesController {

	private final Overrides overrides;

	OverridesController(Overrides overrides) {
		this.overrides = overrides;
	}

	@GetMapping
	@TextColumns({ "kind", "service", "instance", "weight", "scope", "since", "until", "by", "reason", "note" })
	Page<OverrideView> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		ActiveOverrides active = this.overrides.active();
		List<OverrideView> views = active.all()
			.stream()
			.map((override) -> OverrideView.of(override, active))
			.filter((override) -> q == null || override.matches(q))
			.toList();
		return Page.of(views, request);
	}

}
