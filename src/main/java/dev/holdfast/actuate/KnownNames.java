package dev.holdfast.actuate;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.Registry;
import io.github.resilience4j.micrometer.TimerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Lets resilience4j's endpoints answer 404 to a name that they do not know. They answer
 * as if there were such a thing otherwise, or make one, with its meters, for each name
 * that somebody invents.
 */
public final class KnownNames implements OperationInvokerAdvisor {

	private static final Map<String, List<Class<? extends Registry<?, ?>>>> REGISTRIES = Map.of("circuitbreakers",
			List.of(CircuitBreakerRegistry.class), "circuitbreakerevents", List.of(CircuitBreakerRegistry.class),
			"ratelimiterevents", List.of(RateLimiterRegistry.class), "retryevents", List.of(RetryRegistry.class),
			"bulkheadevents", List.of(BulkheadRegistry.class, ThreadPoolBulkheadRegistry.class), "timelimiterevents",
			List.of(TimeLimiterRegistry.class), "timerevents", List.of(TimerRegistry.class));

	private final ListableBeanFactory beans;

	/**
	 * Creates the advisor.
	 * @param beans where resilience4j's registries are found when they are asked
	 */
	public KnownNames(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public OperationInvoker apply(EndpointId endpoint, OperationType type, OperationParameters parameters,
			OperationInvoker invoker) {
		List<Class<? extends Registry<?, ?>>> registries = REGISTRIES.get(endpoint.toLowerCaseString());
		if (registries == null || !parameters.hasParameters()) {
			return invoker;
		}
		String parameter = parameters.get(0).getName();
		Supplier<Stream<Registry<?, ?>>> known = () -> registries.stream()
			.flatMap((registry) -> this.beans.getBeanProvider(registry).stream());
		return (context) -> isKnown(known.get(), context.getArguments().get(parameter)) ? invoker.invoke(context)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static boolean isKnown(Stream<Registry<?, ?>> registries, @Nullable Object name) {
		return name instanceof String text && registries.anyMatch((registry) -> registry.find(text).isPresent());
	}

}
