package dev.holdfast.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GrpcMessagesTests {

	private final GrpcMessages messages = new GrpcMessages();

	private static ByteBuf message(int length) {
		return Unpooled.buffer().writeByte(1).writeInt(length).writeZero(length);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 7, 64, 1000 })
	void messagesAreFoundInPiecesOfAnySize(int size) {
		ByteBuf all = Unpooled.wrappedBuffer(message(0), message(300), message(70_000), message(1));
		int whole = 0;
		for (int i = 0; i < all.readableBytes(); i += size) {
			int end = this.messages.take(all.slice(i, Math.min(all.readableBytes() - i, size)));
			whole = (end >= 0) ? i + end : whole;
		}
		assertThat(whole).isEqualTo(all.readableBytes());
		assertThat(this.messages.isBetween()).isTrue();
		assertThat(this.messages.isStream()).isTrue();
	}

	@Test
	void theEndOfTheLastWholeMessageIsTold() {
		ByteBuf piece = Unpooled.wrappedBuffer(message(10), message(20), message(30).slice(0, 9));
		assertThat(this.messages.take(piece)).isEqualTo(40);
		assertThat(this.messages.isBetween()).isFalse();
		assertThat(this.messages.take(Unpooled.buffer().writeZero(25))).isEqualTo(-1);
		assertThat(this.messages.take(Unpooled.buffer().writeZero(1))).isOne();
	}

	@Test
	void oneMessageIsAStreamWhenItIsTheLastForSomeTime() {
		assertThat(this.messages.isStream()).isFalse();
		assertThat(this.messages.isStream()).isFalse();
		this.messages.take(message(4).slice(0, 6));
		assertThat(this.messages.isStream()).isFalse();
		assertThat(this.messages.isStream()).isFalse();
		this.messages.take(Unpooled.buffer().writeZero(3));
		assertThat(this.messages.isStream()).isFalse();
		assertThat(this.messages.isStream()).isTrue();
	}

	@Test
	void twoMessagesAreAStreamAlthoughAThirdIsOnItsWay() {
		this.messages.take(Unpooled.wrappedBuffer(message(4), message(4), Unpooled.buffer().writeByte(0)));
		assertThat(this.messages.isStream()).isTrue();
		assertThat(this.messages.isBetween()).isFalse();
	}

}
