package dev.holdfast.admin;

import java.time.Duration;

import dev.holdfast.registry.FakeRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CertificateViewTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			90, 80,  VALID
			90, 15,  VALID
			90, 13,  EXPIRES_SOON
			90, -1,  EXPIRED
			1,  0.5, VALID
			1,  0.1, EXPIRES_SOON
			90, 91,  NOT_YET_VALID
			""")
	void aCertificateExpiresSoonInItsLastTwoWeeksOrItsLastFifth(double days, double left,
			CertificateView.Status status) {
		Duration lifetime = Duration.ofSeconds((long) (days * 86_400));
		assertThat(CertificateView.Status.of(FakeRegistry.PROVEN_AT, FakeRegistry.PROVEN_AT.plus(lifetime),
				FakeRegistry.PROVEN_AT.plus(lifetime).minusSeconds((long) (left * 86_400))))
			.isEqualTo(status);
	}

}
