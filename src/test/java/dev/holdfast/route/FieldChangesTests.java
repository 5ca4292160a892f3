package dev.holdfast.route;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FieldChangesTests {

	private static FieldChanges.Field field(String name) {
		return new FieldChanges.Field(name, "value");
	}

	@Test
	void namesAreTakenInLowerCase() {
		FieldChanges changes = new FieldChanges(List.of(field("X-Set")), List.of(field("X-Add")), List.of("X-Gone"));
		assertThat(changes.set()).containsExactly(new FieldChanges.Field("x-set", "value"));
		assertThat(changes.add()).containsExactly(new FieldChanges.Field("x-add", "value"));
		assertThat(changes.remove()).containsExactly("x-gone");
		assertThat(changes.isNone()).isFalse();
		assertThat(new FieldChanges(List.of(), List.of(), List.of())).isEqualTo(FieldChanges.NONE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate",
			"Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Content-Length",
			"content-length", "Expect" })
	void whatIsOfTheConnectionOrFramesTheMessageCannotBeTouched(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> field(name))
			.withMessage("field: \"%s\" (expected: one that does not belong to the connection or frame the message)"
				.formatted(name));
		assertThatIllegalArgumentException().isThrownBy(() -> new FieldChanges(List.of(), List.of(), List.of(name)))
			.withMessageStartingWith("field: \"%s\" (expected: one that".formatted(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ":path", ":authority", "a b", "a:", "ü", "a\r\nb" })
	void whatIsNoNameIsRejected(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> field(name))
			.withMessage("field: \"%s\" (expected: an HTTP field name)".formatted(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " a", "a ", "a\r\nX: b", "a\nb", "a\u0000b", "é" })
	void whatIsNoValueIsRejectedWithoutTellingIt(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> new FieldChanges.Field("X-Key", value))
			.withMessage(
					"value of the field x-key: %d characters (expected: 1 to 4096 of printable ASCII without white "
						.formatted(value.length()) + "space at its ends)");
	}

	@Test
	void valueStaysOutOfLogs() {
		assertThat(
				new FieldChanges(List.of(new FieldChanges.Field("x-key", "secret")), List.of(), List.of()).toString())
			.doesNotContain("secret");
	}

	@Test
	void whatContradictsItselfIsRejected() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FieldChanges(List.of(field("a"), field("A")), List.of(), List.of()))
			.withMessage("field: \"a\" (expected: set once, and not removed as well)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FieldChanges(List.of(field("a")), List.of(), List.of("A")))
			.withMessage("field: \"a\" (expected: set once, and not removed as well)");
		assertThatIllegalArgumentException().isThrownBy(() -> new FieldChanges(List.of(), List.of(), List.of("a", "A")))
			.withMessage("fields to remove: \"a, a\" (expected: each name once)");
	}

	@Test
	void tooManyAreRejected() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FieldChanges(List.of(), Collections.nCopies(65, field("a")), List.of()))
			.withMessage("fields: 0 to set, 65 to add, 0 to remove (expected: at most 64 of each)");
	}

}
