package dev.holdfast;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KnotsTests {

	@Test
	void graphWithoutWayBackHasNone() {
		assertThat(Knots.in(Map.of("a", Set.of("a", "b", "c"), "b", Set.of("c"), "c", Set.of("outside")))).isEmpty();
	}

	@Test
	void whatReachesEachOtherIsOneKnot() {
		assertThat(Knots.in(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a", "d"), "d", Set.of("e"), "e",
				Set.of("f"), "f", Set.of("e"), "g", Set.of("a"))))
			.containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("e", "f"));
	}

}
