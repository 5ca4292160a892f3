package dev.holdfast.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@SuppressWarnings("deprecation") // Netty declares it so
class ReadBuffersTests {

	private final ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;

	private final ReadBuffers buffers = new ReadBuffers();

	private final RecvByteBufAllocator.Handle reading = this.buffers.newHandle();

	@AfterEach
	void close() {
		this.buffers.close();
	}

	@Test
	void theSameBufferIsReadIntoAgainAndAgain() {
		ByteBuf first = this.reading.allocate(this.allocator);
		first.writeLong(1).readInt();
		first.release();
		ByteBuf second = this.buffers.newHandle().allocate(this.allocator);
		assertThat(second).isSameAs(first);
		assertThat(second.readableBytes()).isZero();
		assertThat(second.writableBytes()).isEqualTo(ReadBuffers.SIZE);
		second.release();
	}

	@Test
	void whatSomebodyHoldsIsNotWrittenOver() {
		ByteBuf first = this.reading.allocate(this.allocator);
		ByteBuf held = first.writeLong(1).readRetainedSlice(4);
		first.release();
		ByteBuf second = this.reading.allocate(this.allocator);
		assertThat(second).isNotSameAs(first);
		second.release();
		held.release();
		ByteBuf third = this.reading.allocate(this.allocator);
		assertThat(third).isSameAs(first);
		third.release();
	}

	@Test
	void whatIsReadMeanwhileGetsAsMuchRoomAsItNeeds() {
		ByteBuf held = this.reading.allocate(this.allocator);
		int last = 0;
		for (int i = 0; i < 10; i++) {
			last = readWhole();
		}
		assertThat(last).isEqualTo(ReadBuffers.SIZE);
		for (int i = 0; i < 10; i++) {
			ByteBuf buffer = this.reading.allocate(this.allocator);
			this.reading.lastBytesRead(100);
			last = buffer.capacity();
			buffer.release();
		}
		assertThat(last).isLessThan(4096);
		held.release();
	}

	private int readWhole() {
		ByteBuf buffer = this.reading.allocate(this.allocator);
		this.reading.lastBytesRead(buffer.writableBytes());
		int capacity = buffer.capacity();
		buffer.release();
		return capacity;
	}

	@Test
	void aBufferThatIsHeldForLongIsReplaced() {
		ByteBuf held = this.reading.allocate(this.allocator);
		ByteBuf later = readSmall();
		for (int i = 0; i < 2000; i++) {
			later = readSmall();
		}
		assertThat(readSmall()).isSameAs(later).isNotSameAs(held);
		assertThat(later.capacity()).isEqualTo(ReadBuffers.SIZE);
		assertThat(held.release()).isTrue();
	}

	private ByteBuf readSmall() {
		ByteBuf buffer = this.reading.allocate(this.allocator);
		buffer.release();
		return buffer;
	}

	@Test
	void nothingIsKeptBehindTheEnd() {
		ByteBuf first = this.reading.allocate(this.allocator);
		this.buffers.close();
		assertThat(first.release()).isTrue();
		assertThat(readSmall().refCnt()).isZero();
	}

}
