package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GrpcMessagesTests {

	private final GrpcMessages messages = new GrpcMessages();

	private static Buffer message(int length) {
		return Buffer.buffer().appendByte((byte) 1).appendInt(length).appendBytes(new byte[length]);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 7, 64, 1000 })
	void messagesAreFoundInPiecesOfAnySize(int size) {
		Buffer all = message(0).appendBuffer(message(300)).appendBuffer(message(70_000)).appendBuffer(message(1));
		int whole = 0;
		for (int i = 0; i < all.length(); i += size) {
			int end = this.messages.take(all.getBuffer(i, Math.min(all.length(), i + size)));
			whole = (end >= 0) ? i + end : whole;
		}
		assertThat(whole).isEqualTo(all.length());
		assertThat(this.messages.isBetween()).isTrue();
		assertThat(this.messages.isStream()).isTrue();
	}

	@Test
	void theEndOfTheLastWholeMessageIsTold() {
		Buffer piece = message(10).appendBuffer(message(20)).appendBuffer(message(30).getBuffer(0, 9));
		assertThat(this.messages.take(piece)).isEqualTo(40);
		assertThat(this.messages.isBetween()).isFalse();
		assertThat(this.messages.take(Buffer.buffer(new byte[25]))).isEqualTo(-1);
		assertThat(this.messages.take(Buffer.buffer(new byte[1]))).isOne();
	}

	@Test
	void oneMessageIsAStreamWhenItIsTheLastForSomeTime() {
		assertThat(this.messages.isStream()).isFalse();
		assertThat(this.messages.isStream()).isFalse();
		this.messages.take(message(4).getBuffer(0, 6));
		assertThat(this.messages.isStream()).isFalse();
		assertThat(this.messages.isStream()).isFalse();
		this.messages.take(Buffer.buffer(new byte[3]));
		assertThat(this.messages.isStream()).isFalse();
		assertThat(this.messages.isStream()).isTrue();
	}

	@Test
	void twoMessagesAreAStreamAlthoughAThirdIsOnItsWay() {
		this.messages.take(message(4).appendBuffer(message(4)).appendByte((byte) 0));
		assertThat(this.messages.isStream()).isTrue();
		assertThat(this.messages.isBetween()).isFalse();
	}

}
