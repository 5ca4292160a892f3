package dev.holdfast.admin;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The certificates that are in use, and until when they are valid.
 */
@RestController
@RequestMapping("/registry/certificates")
class CertificatesController {

	private static final Comparator<CertificateView> BY_BUNDLE = Comparator.comparing(CertificateView::bundle)
		.thenComparing(CertificateView::role)
		.thenComparingInt(CertificateView::position)
		.thenComparing(CertificateView::subject)
		.thenComparing(CertificateView::serialNumber);

	private static final Sorting<CertificateView> ORDERS = new Sorting<>(Map.of("bundle", BY_BUNDLE, "notAfter",
			Comparator.comparing(CertificateView::notAfter).thenComparing(BY_BUNDLE), "status",
			Comparator.comparing(CertificateView::status).thenComparing(BY_BUNDLE)), "notAfter");

	private final UsedBundles bundles;

	private final Clock clock;

	CertificatesController(UsedBundles bundles, Clock clock) {
		this.bundles = bundles;
		this.clock = clock;
	}

	@GetMapping
	@TextColumns({ "bundle", "use", "role", "status", "notAfter", "subject", "issuer" })
	Page<CertificateView> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String status,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		Set<CertificateView.Status> statuses = Parameters.constants("status", status, CertificateView.Status.class);
		Comparator<CertificateView> order = ORDERS.by(sort);
		return Page.of(all().stream()
			.filter((certificate) -> statuses.contains(certificate.status()))
			.filter((certificate) -> q == null || certificate.matches(q))
			.sorted(order)
			.toList(), request);
	}

	/**
	 * All certificates, each once for its place in a bundle.
	 */
	List<CertificateView> all() {
		Instant now = this.clock.instant();
		List<UsedBundle> found = this.bundles.find();
		Map<String, SortedSet<CertificateUse>> uses = new TreeMap<>();
		found.forEach((bundle) -> uses
			.computeIfAbsent(bundle.name(), (name) -> new TreeSet<>(EnumSet.noneOf(CertificateUse.class)))
			.add(bundle.use()));
		Set<CertificateView> certificates = new LinkedHashSet<>();
		found.forEach((bundle) -> views(bundle, uses.getOrDefault(bundle.name(), new TreeSet<>()), now)
			.forEach(certificates::add));
		return List.copyOf(certificates);
	}

	private static Stream<CertificateView> views(UsedBundle bundle, SortedSet<CertificateUse> uses, Instant now) {
		Stream<CertificateView> shown = bundle.chains()
			.stream()
			.flatMap((chain) -> IntStream.range(0, chain.size())
				.mapToObj((i) -> CertificateView.of(bundle.name(), uses, CertificateView.Role.SHOWN, i, chain.get(i),
						now)));
		Stream<CertificateView> trusted = bundle.authorities()
			.stream()
			.map((authority) -> CertificateView.of(bundle.name(), uses, CertificateView.Role.TRUSTED, 0, authority,
					now));
		return Stream.concat(shown, trusted);
	}

}
