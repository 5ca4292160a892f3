package dev.holdfast.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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
 * always there, which may be {@code null}, and, by their Javadoc, what they mean.
 */
final class RecordSchemas {

	private final ObjectNode schemas;

	private final Set<Type> known = new HashSet<>();

	private final Map<String, Class<?>> named = new HashMap<>();

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
				Class<?> other = this.named.put(name(type), raw);
				assertThat(other).as("two records are called %s: the document can have one", name(type))
					.isIn(null, raw);
				complete(raw, object, true);
			}
			for (RecordComponent component : raw.getRecordComponents()) {
				complete(component.getGenericType());
			}
		}
	}

	private void complete(Class<?> type, ObjectNode schema, boolean always) {
		Map<String, String> comments = comments(type);
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
			if (component.getType() == Iterable.class) {
				((ObjectNode) property).put("type", "array")
					.set("items", schemaOf(argument(component.getGenericType())));
			}
			if (component.getAnnotatedType() instanceof AnnotatedParameterizedType generic
					&& generic.getAnnotatedActualTypeArguments()[0].isAnnotationPresent(Nullable.class)
					&& property.path("items") instanceof ObjectNode items) {
				((ObjectNode) property).set("items", nullable(items));
			}
			if (nullable) {
				property = nullable((ObjectNode) property);
				((ObjectNode) schema.path("properties")).set(name, property);
			}
			if (comments.containsKey(name)) {
				((ObjectNode) property).put("description", comments.get(name));
			}
			if (always && !accessor.isAnnotationPresent(JsonInclude.class)) {
				required.add(name);
			}
		}
		ArrayNode names = schema.putArray("required");
		required.forEach(names::add);
	}

	/**
	 * Makes the schema of what springdoc does not look into.
	 */
	private ObjectNode schemaOf(Type type) {
		Class<?> raw = raw(type);
		ObjectNode schema = this.schemas.objectNode();
		if (raw.isRecord()) {
			if (!this.schemas.has(name(type))) {
				ObjectNode made = this.schemas.putObject(name(type)).put("type", "object");
				ObjectNode properties = made.putObject("properties");
				for (RecordComponent component : raw.getRecordComponents()) {
					properties.set(component.getName(), schemaOf(component.getGenericType()));
				}
			}
			return schema.put("$ref", "#/components/schemas/" + name(type));
		}
		if (Iterable.class.isAssignableFrom(raw)) {
			return schema.put("type", "array").set("items", schemaOf(argument(type)));
		}
		if (raw == Map.class) {
			return schema.put("type", "object").set("additionalProperties", schemaOf(String.class));
		}
		if (raw == long.class || raw == int.class) {
			return schema.put("type", "integer").put("format", (raw == int.class) ? "int32" : "int64");
		}
		if (raw.isEnum()) {
			ArrayNode constants = schema.put("type", "string").putArray("enum");
			Arrays.stream(raw.getEnumConstants()).forEach((constant) -> constants.add(constant.toString()));
			return schema;
		}
		assertThat(raw).as("a type that has no schema yet").isEqualTo(String.class);
		return schema.put("type", "string");
	}

	private static Type argument(Type type) {
		return ((ParameterizedType) type).getActualTypeArguments()[0];
	}

	/** What the source says of each component. */
	private static Map<String, String> comments(Class<?> type) {
		Path source = Path.of("src/main/java", type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java");
		try {
			String text = Files.readString(source);
			int end = text
				.indexOf("record " + type.getSimpleName() + ((type.getTypeParameters().length > 0) ? "<" : "("));
			String comment = text.substring(text.lastIndexOf("/**", end), end).replaceAll("\\s*\\n\\s*\\*/?\\s*", " ");
			Map<String, String> comments = new HashMap<>();
			for (String tag : comment.split(" @param ", -1)) {
				int space = tag.indexOf(' ');
				comments.put(tag.substring(0, Math.max(space, 0)),
						tag.substring(space + 1).replaceAll("\\{@\\w+ ([^}]*)}", "$1").strip());
			}
			return comments;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
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
		return (type instanceof ParameterizedType generic) ? raw(type).getSimpleName()
				+ Arrays.stream(generic.getActualTypeArguments()).map(RecordSchemas::name).collect(Collectors.joining())
				: raw(type).getSimpleName();
	}

}
