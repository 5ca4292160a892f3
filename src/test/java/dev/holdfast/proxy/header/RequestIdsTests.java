package dev.holdfast.proxy.header;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestIdsTests {

	@Test
	void idsAreCountedBehindAPrefix() {
		RequestIds ids = new RequestIds();
		String first = ids.next();
		String prefix = first.substring(0, first.length() - 1);
		assertThat(first).matches("[0-9a-f]{16}-0");
		Set<String> seen = new HashSet<>();
		for (int i = 1; i < 50_000; i++) {
			String id = ids.next();
			assertThat(seen.add(id)).isTrue();
			assertThat(id.substring(prefix.length())).isEqualTo(Integer.toString(i, 36));
		}
	}

}
