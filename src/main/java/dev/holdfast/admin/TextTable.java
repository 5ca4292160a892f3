package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * Rows in aligned columns, under their headings.
 */
final class TextTable {

	private static final String GAP = "  ";

	/** One long id must not push everything else out of sight. */
	private static final int MAX_PADDING = 60;

	private final List<Column> columns;

	private final List<Map<String, JsonNode>> rows;

	private TextTable(List<Column> columns, List<Map<String, JsonNode>> rows) {
		this.columns = columns;
		this.rows = rows;
	}

	/**
	 * Makes a table of JSON objects.
	 * @param objects the rows
	 * @param columns the columns, {@code null} for all members
	 */
	static TextTable of(JsonNode objects, @Nullable TextColumns columns) {
		List<Map<String, JsonNode>> rows = new ArrayList<>();
		for (JsonNode object : objects) {
			Map<String, JsonNode> members = new LinkedHashMap<>();
			flatten("", object, members);
			rows.add(members);
		}
		if (columns == null) {
			return new TextTable(present(allOf(rows), rows), rows);
		}
		List<Column> named = Arrays.stream(columns.value()).map(Column::of).toList();
		return new TextTable(present(named, rows), columns.first().isEmpty() ? rows : sorted(rows, columns.first()));
	}

	/** With the objects on the way, since a column may be a whole one. */
	private static void flatten(String prefix, JsonNode object, Map<String, JsonNode> members) {
		for (Map.Entry<String, JsonNode> field : object.properties()) {
			String path = prefix + field.getKey();
			members.put(path, field.getValue());
			if (field.getValue().isObject()) {
				flatten(path + ".", field.getValue(), members);
			}
		}
	}

	private static List<Column> allOf(List<Map<String, JsonNode>> rows) {
		Set<String> paths = new LinkedHashSet<>();
		for (Map<String, JsonNode> row : rows) {
			row.forEach((path, value) -> {
				if (!value.isObject() || value.isEmpty()) {
					paths.add(path);
				}
			});
		}
		return paths.stream().map((path) -> new Column(Column.heading(path), path)).toList();
	}

	private static List<Column> present(List<Column> columns, List<Map<String, JsonNode>> rows) {
		return columns.stream().filter((column) -> rows.stream().anyMatch((row) -> !column.in(row).isNull())).toList();
	}

	private static List<Map<String, JsonNode>> sorted(List<Map<String, JsonNode>> rows, String first) {
		Column sought = new Column("", first);
		List<Map<String, JsonNode>> sorted = new ArrayList<>(rows);
		sorted.sort(
				(one, other) -> Boolean.compare(TextCell.isEmpty(sought.in(one)), TextCell.isEmpty(sought.in(other))));
		return sorted;
	}

	void appendTo(StringBuilder text) {
		List<List<String>> lines = new ArrayList<>();
		lines.add(this.columns.stream().map(Column::heading).toList());
		for (Map<String, JsonNode> row : this.rows) {
			lines.add(this.columns.stream().map((column) -> TextCell.of(column.in(row))).toList());
		}
		align(lines, this.columns.stream().map(this::isNumeric).toList(), text);
	}

	private boolean isNumeric(Column column) {
		return this.rows.stream().map(column::in).allMatch((value) -> value.isNumber() || value.isNull());
	}

	/**
	 * Writes lines whose cells stand below each other.
	 * @param right which columns end below each other
	 */
	static void align(List<List<String>> lines, List<Boolean> right, StringBuilder text) {
		int[] widths = new int[right.size()];
		for (List<String> line : lines) {
			for (int i = 0; i < widths.length; i++) {
				widths[i] = Math.max(widths[i], Math.min(TextWidth.of(line.get(i)), MAX_PADDING));
			}
		}
		for (List<String> line : lines) {
			for (int i = 0; i < widths.length; i++) {
				String cell = line.get(i);
				String padding = " ".repeat(Math.max(0, widths[i] - TextWidth.of(cell)));
				boolean last = i == widths.length - 1;
				text.append((i > 0) ? GAP : "").append(right.get(i) ? padding : "").append(cell);
				text.append((right.get(i) || last) ? "" : padding);
			}
			text.append('\n');
		}
	}

	/**
	 * One column.
	 *
	 * @param heading what stands above it
	 * @param path where its values are, such as {@code health.status}
	 */
	private record Column(String heading, String path) {

		static Column of(String text) {
			int equals = text.indexOf('=');
			return (equals < 0) ? new Column(heading(text.substring(text.lastIndexOf('.') + 1)), text)
					: new Column(text.substring(0, equals), text.substring(equals + 1));
		}

		static String heading(String member) {
			return PrintableText.of(member).replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toUpperCase(Locale.ROOT);
		}

		JsonNode in(Map<String, JsonNode> row) {
			return row.getOrDefault(this.path, NullNode.getInstance());
		}

	}

}
