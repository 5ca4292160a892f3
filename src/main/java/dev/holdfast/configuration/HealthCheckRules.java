package dev.holdfast.configuration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.check.CheckSettings;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

import org.springframework.validation.Errors;

/**
 * Checks how instances are to be checked.
 */
final class HealthCheckRules {

	/** What the parts say of themselves that cannot be used. */
	private static final Pattern UNUSABLE = Pattern.compile("([a-z]+): .*\\(expected: (.*)\\)", Pattern.DOTALL);

	/** What is called otherwise where it is configured. */
	private static final Map<String, String> FIELDS = Map.of("status", "statuses", "service", "grpcService");

	private final Errors errors;

	private HealthCheckRules(Errors errors) {
		this.errors = errors;
	}

	static void check(HoldfastProperties.Checks checks, Errors errors) {
		HealthCheckRules rules = new HealthCheckRules(errors);
		if (!rules.isUsable("upstream.checks", checks::settings)) {
			// Each service would say the same again.
			return;
		}
		List<HoldfastProperties.ServiceChecks> services = checks.services();
		Map<String, Integer> names = new HashMap<>();
		for (int i = 0; i < services.size(); i++) {
			HoldfastProperties.ServiceChecks service = services.get(i);
			String field = "upstream.checks.services[%d]".formatted(i);
			rules.checkName(field, service.service(), names.putIfAbsent(service.service(), i));
			rules.isUsable(field, () -> service.over(checks).settings());
		}
	}

	private void checkName(String field, String name, @Nullable Integer first) {
		if (!ServiceName.isValid(name)) {
			PropertiesValidator.reject(this.errors, field + ".service", "must be the name of a service");
		}
		else if (first != null) {
			PropertiesValidator.reject(this.errors, field + ".service",
					"must be unique, but holdfast.upstream.checks.services[%d] has the same".formatted(first));
		}
	}

	@SuppressWarnings("ReturnValueIgnored") // asked for what it throws
	private boolean isUsable(String field, Supplier<CheckSettings> settings) {
		try {
			settings.get();
			return true;
		}
		catch (IllegalArgumentException ex) {
			String message = String.valueOf(ex.getMessage());
			Matcher unusable = UNUSABLE.matcher(message);
			if (unusable.matches()) {
				PropertiesValidator.reject(this.errors,
						field + "." + FIELDS.getOrDefault(unusable.group(1), unusable.group(1)),
						"must be " + unusable.group(2));
			}
			else {
				PropertiesValidator.reject(this.errors, field, message);
			}
			return false;
		}
	}

}
