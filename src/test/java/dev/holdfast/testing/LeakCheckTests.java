package dev.holdfast.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Isolated("what is forgotten here must be reported here")
class LeakCheckTests {

	private static final String MARK = "forgotten on purpose";

	@Test
	void bufferThatIsForgottenFailsTheRun() {
		forget();
		try {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(LeakCheck::verify)
				.withMessageContaining("LEAK")
				.withMessageContaining(MARK);
		}
		finally {
			assertThat(LeakReports.withdraw(MARK)).hasSize(1);
		}
	}

	@Test
	void bufferThatIsReleasedIsNoLeak() {
		ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer();
		buffer.touch("released in time");
		buffer.release();
		LeakReports.collect();
		assertThat(LeakReports.withdraw("released in time")).isEmpty();
	}

	private static void forget() {
		PooledByteBufAllocator.DEFAULT.buffer().touch(MARK);
	}

}
