package dev.holdfast.check;

import java.util.HexFormat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HealthMessagesTests {

	@Test
	void aRequestForTheServerIsEmpty() {
		assertThat(HealthMessages.request("")).isEqualTo(new byte[5]);
	}

	@Test
	void aRequestNamesTheService() {
		assertThat(HealthMessages.request("a.B")).asHexString().isEqualTo("00000000050A03612E42");
	}

	@Test
	void aLongNameHasALengthOfTwoBytes() {
		assertThat(HealthMessages.request("x".repeat(200))).asHexString().startsWith("00000000CB0AC80178787878");
	}

	@ParameterizedTest
	@CsvSource({ "00 00000002 0801, ''", "00 00000004 08828000, NOT_SERVING", "00 00000000, UNKNOWN",
			"00 00000002 0803, SERVICE_UNKNOWN", "00 00000002 0807, status 7 of its own",
			// Fields that a later version may have.
			"00 0000000f 12026869 1807 2501020304 0801 2800, ''", "00 0000000f 390102030405060708 0801 12020801, ''" })
	void aResponseTellsTheStatus(String hex, String problem) {
		assertThat(problem(hex)).isEqualTo(problem);
	}

	@ParameterizedTest
	@CsvSource({ "''", "00 000000", "01 00000002 0801", "00 00000003 0801", "00 00000001 0801", "00 00000001 08",
			"00 00000002 12ff", "00 00000001 ff", "00 00000002 0b01", "00 0000000b 08ffffffffffffffffffff" })
	void whatIsNoMessageIsNoHealth(String hex) {
		assertThat(problem(hex)).isNotEmpty();
	}

	private static String problem(String hex) {
		return HealthMessages.problem(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", ""))));
	}

}
