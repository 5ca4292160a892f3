package dev.holdfast.admin;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Who wrote what lately.
 */
@RestController
@RequestMapping("/registry/audit")
class AuditController {

	private final Audit audit;

	AuditController(Audit audit) {
		this.audit = audit;
	}

	@GetMapping
	@TextColumns({ "time", "who", "address", "call", "content", "result", "reason" })
	Page<AuditEntry> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String status,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		long result = Parameters.number("status", status, 0, 100, 599);
		List<AuditEntry> entries = this.audit.entries()
			.stream()
			.filter((entry) -> q == null || entry.matches(q))
			.filter((entry) -> result == 0 || entry.result().equals(Long.toString(result)))
			.toList();
		return Page.of(Parameters.isNewestFirst(sort) ? entries : entries.reversed(), request);
	}

}
