package dev.holdfast.proxy.client;

import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What waits for a client that takes nothing.
 */
class Http1OutputTests {

	private static final int READ = 16 * 1024;

	private boolean taking = true;

	private final EmbeddedChannel channel = new EmbeddedChannel() {

		@Override
		protected void doWrite(ChannelOutboundBuffer in) throws Exception {
			if (Http1OutputTests.this.taking) {
				super.doWrite(in);
			}
		}

	};

	private final Http1Output output = new Http1Output(
			new TrafficLoop(this.channel.eventLoop(), Ticker.newMockTicker()), this.channel);

	Http1OutputTests() {
		this.channel.pipeline().addLast(new ChannelDuplexHandler() {

			@Override
			public void flush(ChannelHandlerContext context) {
				Http1OutputTests.this.output.flush(context);
			}

		});
	}

	@AfterEach
	void close() {
		this.taking = true;
		this.channel.flush();
		this.channel.finishAndReleaseAll();
	}

	private void endTurn() {
		this.channel.runPendingTasks();
	}

	@Test
	void smallPiecesThatWaitDoNotKeepTheReadsThatBroughtThem() {
		this.taking = false;
		this.output.write(Unpooled.copyInt(1));
		endTurn();
		for (int i = 0; i < 10; i++) {
			ByteBuf read = this.channel.alloc().buffer(READ).writeZero(100);
			this.output.write(read.retainedSlice());
			assertThat(read.refCnt()).isOne();
			read.release();
			endTurn();
		}
	}

	@Test
	void framesThatWaitTakeNoMoreThanTheyMust() throws Exception {
		this.taking = false;
		for (int i = 0; i < 100; i++) {
			this.output.buffer().writeLong(i);
			endTurn();
		}
		AtomicInteger memory = new AtomicInteger();
		this.channel.unsafe().outboundBuffer().forEachFlushedMessage((message) -> {
			memory.addAndGet(((ByteBuf) message).capacity());
			return true;
		});
		assertThat(memory).hasValueLessThan(10_000);
	}

	@Test
	void largePiecesAreNotCopied() {
		this.taking = false;
		this.output.write(Unpooled.copyInt(1));
		endTurn();
		ByteBuf read = this.channel.alloc().buffer(READ).writeZero(READ);
		this.output.write(read.retainedSlice());
		assertThat(read.refCnt()).isEqualTo(2);
		read.release();
	}

}
