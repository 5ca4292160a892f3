package dev.holdfast.admin;

import java.util.List;

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
	Page<OverrideView> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		List<OverrideView> views = this.overrides.active()
			.all()
			.stream()
			.map(OverrideView::of)
			.filter((override) -> q == null || override.matches(q))
			.toList();
		return Page.of(views, request);
	}

}
