package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/**
 * An answer of the API for who reads it at a terminal: its members line by line, and its
 * lists as tables below them.
 */
final class TextView {

	/** What stands for the rest of an answer, so that it needs no name. */
	private static final String SENTENCE = "sentence";

	private static final String ITEMS = "items";

	private static final String TOTAL = "total";

	/** What counts the rows where the total is a sum of what they say. */
	private static final String SERVICES = "services";

	private static final List<String> PAGE = List.of("page", "size", TOTAL);

	private static final List<String> TOLD_FIRST = List.of("type", "title", "status", "detail", "instance", "code");

	private final StringBuilder text = new StringBuilder();

	private final List<List<String>> lines = new ArrayList<>();

	private final Map<String, JsonNode> lists = new LinkedHashMap<>();

	private final @Nullable TextColumns columns;

	private TextView(@Nullable TextColumns columns) {
		this.columns = columns;
	}

	/**
	 * Return an answer as text.
	 * @param answer the answer in JSON
	 * @param columns how its list is shown, {@code null} for all that there is
	 */
	static String of(JsonNode answer, @Nullable TextColumns columns) {
		TextView view = new TextView(columns);
		boolean paged = answer.path(ITEMS).isArray() && answer.has(TOTAL);
		view.collect("", answer, paged);
		view.append();
		if (paged) {
			view.appendExtent(answer);
		}
		return view.text.toString();
	}

	/**
	 * Return a problem as text: what kind it is, what is wrong, and what else is said.
	 */
	static String of(ProblemDetail problem, ObjectMapper mapper) {
		ObjectNode others = mapper.valueToTree(problem);
		String code = others.path("code").asText();
		others.remove(TOLD_FIRST);
		String kind = "%d %s (%s)".formatted(problem.getStatus(), problem.getTitle(), code);
		TextView view = new TextView(null);
		view.text.append(kind).append('\n');
		if (problem.getDetail() != null) {
			view.text.append(TextCell.of(mapper.getNodeFactory().textNode(problem.getDetail()))).append('\n');
		}
		view.collect("", others, false);
		view.append();
		return view.text.toString();
	}

	private void collect(String prefix, JsonNode object, boolean paged) {
		for (Map.Entry<String, JsonNode> field : object.properties()) {
			String name = prefix + field.getKey();
			JsonNode value = field.getValue();
			if (name.equals(SENTENCE)) {
				this.text.append(TextCell.of(value)).append('\n');
			}
			else if (value.isObject() && !value.isEmpty()) {
				collect(name + ".", value, false);
			}
			else if (value.isArray() && (value.path(0).isObject() || isRows(name))) {
				this.lists.put(name, value);
			}
			else if (!paged || !PAGE.contains(name)) {
				this.lines.add(List.of(PrintableText.of(name), TextCell.of(value)));
			}
		}
	}

	private void append() {
		if (!this.lines.isEmpty()) {
			separate();
			TextTable.align(this.lines, List.of(false, false), this.text);
		}
		this.lists.forEach((name, list) -> {
			separate();
			if (!name.equals(ITEMS)) {
				this.text.append(name).append('\n');
			}
			if (!list.isEmpty()) {
				TextTable.of(list, isRows(name) ? this.columns : null).appendTo(this.text);
			}
			else {
				this.text.append("none\n");
			}
		});
	}

	private boolean isRows(String name) {
		return name.equals((this.columns != null) ? this.columns.rows() : ITEMS);
	}

	private void separate() {
		if (!this.text.isEmpty()) {
			this.text.append('\n');
		}
	}

	/** A table that is a part must not look like the whole. */
	private void appendExtent(JsonNode page) {
		int shown = page.path(ITEMS).size();
		int total = page.path(page.path(TOTAL).isObject() ? SERVICES : TOTAL).asInt();
		if (shown < total) {
			long first = page.path("page").asLong() * page.path("size").asLong();
			this.text.append((shown == 0) ? "\n0 of %d\n".formatted(total) : "\n%d to %d of %d (page %d)\n"
				.formatted(first + 1, first + shown, total, page.path("page").asLong()));
		}
	}

}
