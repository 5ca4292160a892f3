package dev.holdfast.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class CloserTests {

	private final List<String> closed = new ArrayList<>();

	private final Closer closer = new Closer();

	@Test
	void lastOpenedIsClosedFirstAndOnce() {
		this.closer.register(() -> this.closed.add("first"));
		this.closer.register(() -> this.closed.add("second"));
		this.closer.close();
		this.closer.close();
		assertThat(this.closed).containsExactly("second", "first");
	}

	@Test
	void failureIsToldWhenTheRestHasBeenClosed() {
		this.closer.register(() -> this.closed.add("first"));
		this.closer.register(() -> {
			throw new IllegalStateException("leaked");
		});
		this.closer.register(() -> {
			throw new IOException("disk");
		});
		assertThatIllegalStateException().isThrownBy(this.closer::close)
			.withMessageContaining("disk")
			.satisfies((failure) -> assertThat(failure.getSuppressed()).hasSize(1));
		assertThat(this.closed).containsExactly("first");
	}

}
