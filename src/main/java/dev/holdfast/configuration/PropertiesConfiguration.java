package dev.holdfast.configuration;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
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
	static Validator configurationPropertiesValidator() {
		return new PropertiesValidator();
	}

}
