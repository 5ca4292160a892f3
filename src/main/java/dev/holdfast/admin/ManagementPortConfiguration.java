package dev.holdfast.admin;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/**
 * Guards a port that the actuator has for itself ({@code management.server.port}) as the
 * admin port is guarded. Boot makes it in that port's context, since it is listed among
 * the management configurations.
 */
final class ManagementPortConfiguration {

	@Bean
	@ConditionalOnMissingBean(value = AdminWebConfiguration.class, search = SearchStrategy.CURRENT)
	static FilterRegistrationBean<AdminPortFilter> managementPortFilter(
			FilterRegistrationBean<AdminPortFilter> adminPortFilter) {
		FilterRegistrationBean<AdminPortFilter> filter = new FilterRegistrationBean<>(adminPortFilter.getFilter());
		filter.setOrder(adminPortFilter.getOrder());
		return filter;
	}

}
