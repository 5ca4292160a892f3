package dev.holdfast.configuration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The properties as they may be shown to whoever may read.
 */
final class RedactedProperties {

	private final JsonMapper mapper = JsonMapper.builder()
		.addModule(new SimpleModule().addSerializer(DataSize.class, ToStringSerializer.instance)
			.addSerializer(Duration.class, ToStringSerializer.instance))
		.build();

	/**
	 * Gives the properties in maps and lists.
	 */
	Map<String, Object> of(HoldfastProperties properties) {
		Map<String, Object> values = this.mapper.convertValue(properties, new TypeReference<>() {
		});
		return redacted(values);
	}

	private static Map<String, Object> redacted(Map<?, ?> values) {
		Map<String, Object> shown = new LinkedHashMap<>();
		values.forEach((key, value) -> {
			String name = String.valueOf(key);
			Object hidden = hidden(name, value);
			if (hidden != null) {
				shown.put(name, hidden);
			}
		});
		return shown;
	}

	private static @Nullable Object hidden(String name, @Nullable Object value) {
		return switch (value) {
			case null -> null;
			case Map<?, ?> nested -> redacted(nested);
			case List<?> list -> list(name, list);
			case String text -> Redaction.value(name, text);
			default -> value;
		};
	}

	private static List<Object> list(String name, List<?> list) {
		List<Object> shown = new ArrayList<>();
		for (Object each : list) {
			Object hidden = hidden(name, each);
			if (hidden != null) {
				shown.add(hidden);
			}
		}
		return shown;
	}

}
