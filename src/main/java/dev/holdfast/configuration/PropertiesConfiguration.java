package dev.holdfast.configuration;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.validation.Validator;

/**
 * Reads and checks the properties.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HoldfastProperties.class)
class PropertiesConfiguration {

	/**
	 * The checks that annotations cannot express. Boot finds the bean by its name.
	 */
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Validator configurationPropertiesValidator(Environment environment) {
		return new PropertiesValidator(AdminPorts.of(environment));
	}

	/**
	 * Has all that is wrong told in one start.
	 */
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ConfigurationPropertiesBindHandlerAdvisor problemCollector(Environment environment) {
		ProblemDescriptions descriptions = new ProblemDescriptions(environment::resolvePlaceholders);
		return (handler) -> new ProblemCollector(handler, descriptions);
	}

	/**
	 * Warns of environment variables that nobody reads, once everything else is in order.
	 */
	@Bean
	SmartInitializingSingleton environmentVariables(ConfigurableEnvironment environment) {
		PropertySource<?> variables = environment.getPropertySources()
			.get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
		return () -> {
			if (variables instanceof SystemEnvironmentPropertySource system) {
				new EnvironmentVariables(system.getSource(),
						EnvironmentVariables.namedInPlaceholders(environment.getPropertySources()))
					.warn();
			}
		};
	}

}
