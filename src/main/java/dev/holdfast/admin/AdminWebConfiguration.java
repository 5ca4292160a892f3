package dev.holdfast.admin;

import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.jwt.JwtVerifier;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.WebContentInterceptor;

/**
 * What surrounds the operators' API: the guard of the whole port and the bodies of
 * writes.
 */
@Configuration(proxyBeanMethods = false)
public class AdminWebConfiguration implements WebMvcConfigurer {

	private static final String[] API = { "/registry", "/registry/**" };

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		WebContentInterceptor revalidation = new WebContentInterceptor();
		revalidation.setCacheControl(CacheControl.noCache());
		revalidation.setVaryByRequestHeaders(HttpHeaders.ACCEPT);
		registry.addInterceptor(revalidation).addPathPatterns(API);
	}

	@Override
	public void extendMessageConverters(List<HttpMessageConverter<?>> converters) {
		// The last one, so that who accepts anything gets JSON.
		converters.add(new PlainText());
	}

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		resolvers.add(new WriteBodyResolver());
	}

	/**
	 * Ids of instances may have slashes, which a path says as %2F. Tomcat would refuse
	 * that; Spring takes it for a part of its segment, and decodes it there.
	 */
	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedSlashes() {
		return (factory) -> factory.addConnectorCustomizers(
				(connector) -> connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue()));
	}

	@Bean
	MappedInterceptor preconditionsOfWrites(Preconditions preconditions) {
		return new MappedInterceptor(API, preconditions);
	}

	/**
	 * Behind the filter that counts requests, so that what is refused is counted as well.
	 */
	@Bean
	FilterRegistrationBean<AdminPortFilter> adminPortFilter(AdminSettings settings, ObjectProvider<JwtVerifier> jwts,
			ObjectProvider<PathMappedEndpoints> endpoints, Audit audit, ObjectMapper mapper) {
		FilterRegistrationBean<AdminPortFilter> filter = new FilterRegistrationBean<>(
				new AdminPortFilter(settings, jwts.getIfAvailable(), new OpenEndpoints(endpoints), audit, mapper));
		filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
		return filter;
	}

}
