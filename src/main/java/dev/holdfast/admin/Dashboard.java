package dev.holdfast.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The page that operators have open, and its files. A browser asks for each of them again
 * every time and is told 304 while it is the same, so that the files of one version are
 * never mixed with those of another.
 */
@Configuration(proxyBeanMethods = false)
class Dashboard implements WebMvcConfigurer {

	static final Resource PAGE = new ClassPathResource("static/index.html");

	static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

	/**
	 * What the page loads and asks comes from the gateway alone, and nobody frames it.
	 */
	static final String POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private static final String FILES = "/dashboard/**";

	@Override
	public void addResourceHandlers(ResourceHandlerRegistry registry) {
		registry.addResourceHandler(FILES)
			.addResourceLocations("classpath:/static/dashboard/")
			.setCacheControl(CacheControl.noCache())
			// That of an entry of the jar is the same in every reproducible build.
			.setUseLastModified(false)
			.setEtagGenerator(Dashboard::entityTag);
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(new PageHeaders()).addPathPatterns("/", "/index.html", FILES);
	}

	/**
	 * Return the entity tag of a file, by its content.
	 * @param file the file
	 * @return the tag with its quotes
	 */
	static String entityTag(Resource file) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(file.getContentAsByteArray());
			return "\"" + HexFormat.of().formatHex(hash, 0, 16) + "\"";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("no entity tag of " + file, ex);
		}
	}

	private static final class PageHeaders implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			response.setHeader("Content-Security-Policy", POLICY);
			response.setHeader("X-Content-Type-Options", "nosniff");
			response.setHeader("Referrer-Policy", "no-referrer");
			return true;
		}

	}

}
