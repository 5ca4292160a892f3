package dev.holdfast.admin;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Adds to the schemas of records what only their components tell: which members are
 * always there, and which may be {@code null}.
 */
final class RecordSchemas {

	private final ObjectNode schemas;

	private final Set<Type> known = new HashSet<>();

	RecordSchemas(ObjectNode schemas) {
		this.schemas = schemas;
	}

	void complete(Type type) {
		if (!this.known.add(type)) {
			return;
		}
		if (type instanceof ParameterizedType generic) {
			Arrays.stream(generic.getActualTypeArguments()).forEach(this::complete);
		}
		Class<?> raw = raw(type);
		if (raw.isRecord() && raw.getName().startsWith("dev.holdfast")) {
			JsonNode schema = this.schemas.path(name(type));
			if (schema instanceof ObjectNode object) {
				complete(raw, object, true);
			}
			for (RecordComponent component : raw.getRecordComponents()) {
				complete(component.getGenericType());
			}
		}
	}

	private void complete(Class<?> type, ObjectNode schema, boolean always) {
		Set<String> required = new TreeSet<>();
		schema.path("required").forEach((name) -> required.add(name.asText()));
		for (RecordComponent component : type.getRecordComponents()) {
			boolean nullable = component.getType() == Optional.class
					|| component.getAnnotatedType().isAnnotationPresent(Nullable.class);
			AnnotatedElement accessor = component.getAccessor();
			if (accessor.isAnnotationPresent(JsonUnwrapped.class)) {
				complete(component.getType(), schema, always && !nullable);
				schema.path("required").forEach((name) -> required.add(name.asText()));
				continue;
			}
			String name = component.getName();
			JsonNode property = schema.path("properties").path(name);
			assertThat(property.isObject()).as("%s of %s in %s", name, type, schema).isTrue();
			if (nullable) {
				((ObjectNode) schema.path("properties")).set(name, nullable((ObjectNode) property));
			}
			if (always && !accessor.isAnnotationPresent(JsonInclude.class)) {
				required.add(name);
			}
		}
		ArrayNode names = schema.putArray("required");
		required.forEach(names::add);
	}

	private static ObjectNode nullable(ObjectNode property) {
		if (property.path("type").isTextual()) {
			String type = property.path("type").asText();
			property.putArray("type").add(type).add("null");
			if (property.path("enum") instanceof ArrayNode constants) {
				constants.addNull();
			}
			return property;
		}
		ObjectNode either = property.objectNode();
		either.putArray("anyOf").add(property).addObject().put("type", "null");
		return either;
	}

	private static Class<?> raw(Type type) {
		return (type instanceof ParameterizedType generic) ? (Class<?>) generic.getRawType()
				: (type instanceof Class<?> plain) ? plain : Object.class;
	}

	private static String name(Type type) {
		return (type instanceof ParameterizedType generic) ? raw(type).getSimpleName() + Arrays
			.stream(generic.getActualTypeArguments())
			.map(RecordSchemas::name)
			.collect(Collectors.joining()) : raw(type).getSimpleName();
	}

}
