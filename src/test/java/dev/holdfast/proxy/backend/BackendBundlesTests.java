package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.Map;

import dev.holdfast.route.BackendSecurity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class BackendBundlesTests {

	private final BackendBundles bundles = new BackendBundles(Map.of(), Duration.ofSeconds(1));

	@Test
	void whatTheJvmTrustsIsNotTakenInThePlaceOfAMissingBundle() {
		assertThatIllegalStateException().isThrownBy(() -> this.bundles.of(new BackendSecurity("own", "")))
			.withMessageContaining("own");
	}

	@Test
	void withoutANameItIsWhatTheJvmTrusts() {
		assertThat(this.bundles.of(BackendSecurity.DEFAULTS)).isNotNull();
	}

}
