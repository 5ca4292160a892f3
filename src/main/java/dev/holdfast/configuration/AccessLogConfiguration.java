package dev.holdfast.configuration;

import java.time.Clock;

import dev.holdfast.accesslog.AccessLog;
import dev.holdfast.registry.Registry;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the access log together, if there is to be one.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("holdfast.access-log.enabled")
class AccessLogConfiguration {

	/**
	 * Closed with the context, which is after the traffic port has closed.
	 */
	@Bean
	AccessLog accessLog(HoldfastProperties properties, Registry registry, MeterRegistry meters) {
		AccessLog log = new AccessLog(properties.accessLog().settings(), Clock.systemUTC(), registry::status);
		FunctionCounter.builder("gateway.access.log.dropped", log, AccessLog::dropped)
			.description("Lines of the access log that could not be written, or not as fast as requests ended")
			.baseUnit("lines")
			.register(meters);
		return log;
	}

}
