package dev.holdfast.admin;

import java.util.List;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.WebContentInterceptor;

/**
 * What surrounds the operators' API: the guard of its writes, their bodies, and entity
 * tags on its reads.
 */
@Configuration(proxyBeanMethods = false)
public class AdminWebConfiguration implements WebMvcConfigurer {

	private static final String[] API = { "/registry", "/registry/**" };

	private final AdminSettings settings;

	/**
	 * Creates the configuration.
	 * @param settings how the API is guarded
	 */
	public AdminWebConfiguration(AdminSettings settings) {
		this.settings = settings;
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		WebContentInterceptor revalidation = new WebContentInterceptor();
		revalidation.setCacheControl(CacheControl.noCache());
		registry.addInterceptor(revalidation).addPathPatterns(API);
		registry.addInterceptor(new WriteGuard(this.settings)).addPathPatterns(API);
	}

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		resolvers.add(new WriteBodyResolver());
	}

	@Bean
	FilterRegistrationBean<ShallowEtagHeaderFilter> entityTags() {
		FilterRegistrationBean<ShallowEtagHeaderFilter> filter = new FilterRegistrationBean<>(
				new ShallowEtagHeaderFilter());
		filter.addUrlPatterns("/registry", "/registry/*");
		return filter;
	}

}
