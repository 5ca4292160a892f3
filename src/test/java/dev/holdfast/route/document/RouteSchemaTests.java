package dev.holdfast.route.document;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.holdfast.route.RoutePolicy;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The schema and the parser say the same of a document.
 */
class RouteSchemaTests {

	private static final Set<String> OWN_NAMES = Set.of("headers", "header-regex", "query", "query-regex", "cookies",
			"cookie-regex", "set", "add");

	private static final Set<String> WITHOUT_EFFECT = Set.of("status", "parentRefs", "labels", "annotations",
			"metadata");

	private static final ObjectMapper json = new ObjectMapper();

	private static final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

	private static final Schema schema = schema();

	private static Schema schema() {
		try {
			return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
				.getSchema(json.readTree(RouteSchema.read()));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static List<Named<String>> good() throws IOException {
		return Corpus.read("good.yaml");
	}

	static List<Named<String>> bad() throws IOException {
		return Corpus.read("bad.yaml");
	}

	static List<Named<String>> beyondSchema() throws IOException {
		return Corpus.read("beyond-schema.yaml");
	}

	@ParameterizedTest
	@MethodSource("good")
	void whatCanBeUsedIsValid(String document) throws IOException {
		RouteDocuments parsed = parse(document);
		assertThat(parsed.problems()).isEmpty();
		assertThat(parsed.parsed()).isNotEmpty().allSatisfy((route) -> assertThat(route.routes()).isNotEmpty());
		assertThat(errors(document)).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("bad")
	void whatCannotBeUsedIsNeitherValidNorTaken(String document) throws IOException {
		assertThat(parse(document).problems()).isNotEmpty();
		assertThat(errors(document)).isNotEmpty();
	}

	@ParameterizedTest
	@MethodSource("beyondSchema")
	void whatNoSchemaCanTellIsNotTaken(String document) throws IOException {
		assertThat(parse(document).problems()).isNotEmpty();
		assertThat(errors(document)).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("good")
	void keyThatIsNotKnownIsRefusedByBothWhereverItStands(String document) throws IOException {
		List<String> changed = new ArrayList<>();
		JsonNode whole = tree(document);
		addUnknownKeys(whole, whole, "", changed);
		assertThat(changed).isNotEmpty().allSatisfy((mutation) -> {
			assertThat(parse(mutation).problems()).as(mutation).isNotEmpty();
			assertThat(errors(mutation)).as(mutation).isNotEmpty();
		});
	}

	/** Into each object by itself, but where keys are names of somebody's own. */
	private static void addUnknownKeys(JsonNode whole, JsonNode part, String name, List<String> changed) {
		if (part instanceof ObjectNode object && !OWN_NAMES.contains(name)) {
			object.put("no-such-key", 1);
			changed.add(whole.toString());
			object.remove("no-such-key");
		}
		part.properties().forEach((member) -> {
			if (!WITHOUT_EFFECT.contains(member.getKey())) {
				addUnknownKeys(whole, member.getValue(), member.getKey(), changed);
			}
		});
		if (part.isArray()) {
			part.forEach((element) -> addUnknownKeys(whole, element, "", changed));
		}
	}

	private static RouteDocuments parse(String document) {
		return new RouteParser(RoutePolicy.DEFAULTS).parse(document, "test.yaml");
	}

	private static JsonNode tree(String document) throws IOException {
		return json.readTree(yaml.readTree(document.replace('\t', ' ')).toString());
	}

	private static List<String> errors(String document) throws IOException {
		return schema.validate(tree(document)).stream().map(String::valueOf).toList();
	}

}
