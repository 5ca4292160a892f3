package dev.holdfast.configuration;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import dev.holdfast.actuate.KnownNames;
import dev.holdfast.admin.AdminSettings;
import dev.holdfast.admin.EffectiveConfiguration;
import dev.holdfast.admin.EventStreamSettings;
import dev.holdfast.admin.GatewayIdentity;
import dev.holdfast.admin.UsedBundles;
import dev.holdfast.jwt.JwtVerifier;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Tells the operators' API who it speaks for.
 */
@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

	@Bean
	AdminSettings adminSettings(HoldfastProperties properties) {
		return new AdminSettings(properties.admin().token(), Set.copyOf(properties.admin().allowedHosts()));
	}

	/**
	 * Only where an issuer is named; an empty environment variable names none.
	 */
	@Bean(initMethod = "prefetch", destroyMethod = "close")
	@Conditional(IssuerNamed.class)
	JwtVerifier jwtVerifier(HoldfastProperties properties, Clock clock) {
		return JwtVerifier.of(properties.admin().jwt().settings(), clock, System::nanoTime);
	}

	@Bean
	EventStreamSettings eventStreamSettings(HoldfastProperties properties) {
		return new EventStreamSettings(properties.admin().maxEventStreams());
	}

	@Bean
	AdminBundles adminBundles(ServerProperties server, ObjectProvider<ManagementServerProperties> management,
			ObjectProvider<SslBundles> bundles) {
		ManagementServerProperties own = management.getIfAvailable();
		return new AdminBundles(bundles::getObject, server.getSsl(), (own != null) ? own.getSsl() : null);
	}

	@Bean
	UsedBundles usedBundles(TrafficBundles traffic, EtcdBundle etcd, AdminBundles admin) {
		return () -> Stream.of(traffic.certificates(), etcd.certificates(), admin.certificates())
			.flatMap(List::stream)
			.toList();
	}

	@Bean
	EffectiveConfiguration effectiveConfiguration(HoldfastProperties properties) {
		Map<String, Object> shown = new RedactedProperties().of(properties);
		return () -> shown;
	}

	@Bean
	KnownNames knownNames(ListableBeanFactory beans) {
		return new KnownNames(beans);
	}

	/**
	 * The id is new with every start, so that two answers can be told to come from
	 * different processes.
	 */
	@Bean
	GatewayIdentity gatewayIdentity(ObjectProvider<BuildProperties> build) {
		BuildProperties properties = build.getIfAvailable();
		String version = (properties != null) ? properties.getVersion() : "development";
		return new GatewayIdentity(UUID.randomUUID().toString(), version);
	}

	private static final class IssuerNamed implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return StringUtils.hasText(context.getEnvironment().getProperty("holdfast.admin.jwt.issuer-uri"));
		}

	}

}
