package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderKindTests {

	@ParameterizedTest
	@CsvSource({ "TE, TE", "Via, VIA", "Host, HOST", "Expect, EXPECT", "Upgrade, UPGRADE", "Forwarded, FORWARDED",
			"Connection, CONNECTION", "Keep-Alive, KEEP_ALIVE", "Client-Cert, CLIENT_CERT",
			"Client-Cert-Chain, CLIENT_CERT", "Content-Type, CONTENT_TYPE", "X-Request-Id, X_REQUEST_ID",
			"Content-Length, CONTENT_LENGTH", "X-Forwarded-For, X_FORWARDED_FOR", "Idempotency-Key, IDEMPOTENCY_KEY",
			"Proxy-Connection, HOP_BY_HOP", "X-Forwarded-Host, X_FORWARDED_HOST", "X-Forwarded-Port, X_FORWARDED_PORT",
			"Transfer-Encoding, TRANSFER_ENCODING", "X-Forwarded-Proto, X_FORWARDED_PROTO",
			"X-Forwarded-Prefix, X_FORWARDED_PREFIX", "Proxy-Authenticate, HOP_BY_HOP",
			"Proxy-Authorization, HOP_BY_HOP" })
	void nameIsKnownInAnyCase(String name, HeaderKind kind) {
		assertThat(HeaderKind.of(name)).isEqualTo(kind);
		assertThat(HeaderKind.of(name.toLowerCase(Locale.ROOT))).isEqualTo(kind);
		assertThat(HeaderKind.of(name.toUpperCase(Locale.ROOT))).isEqualTo(kind);
		assertThat(HeaderKind.of(("-" + name + "-").getBytes(StandardCharsets.US_ASCII), 1, name.length()))
			.isEqualTo(kind);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "T", "Accept", "Hos", "Hostt", "Transfer_Encoding", "Transfer\rEncoding", "Content_Length",
					"X-Forwarded-Hort", "Proxy-Authorizations", "X-Transfer-Encoding", "\u0154E", "TransferMEncoding" })
	void otherNamesAreOrdinary(String name) {
		assertThat(HeaderKind.of(name)).isEqualTo(HeaderKind.ORDINARY);
	}

	@Test
	void trailersThatSayMoreThanTheyMayAreTold() {
		assertThat(Trailers.isAllowed("X-Sum")).isTrue();
		assertThat(Trailers.isAllowed("grpc-status")).isTrue();
		assertThat(Trailers.isAllowed("Set-Cookie")).isFalse();
		assertThat(Trailers.isAllowed("IF-UNMODIFIED-SINCE")).isFalse();
		assertThat(Trailers.isAllowed("Host")).isFalse();
		HeaderFields received = new HeaderFields();
		received.add("a", "1");
		received.add("Cookie", "2");
		received.add("Content-Length", "3");
		received.add("b", "4");
		HeaderFields out = new HeaderFields();
		Trailers.copy(received, out);
		assertThat(out).hasToString("a: 1\r\nb: 4\r\n");
	}

}
