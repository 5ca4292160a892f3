package dev.holdfast.proxy.tunnel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelTunnelEndTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), Ticker.newMockTicker());

	private final RecordingListener listener = new RecordingListener();

	@AfterEach
	void finish() {
		this.channel.finishAndReleaseAll();
	}

	private ChannelTunnelEnd end(String alreadyRead) {
		return new ChannelTunnelEnd(this.loop, this.channel, bytes(alreadyRead));
	}

	private ChannelTunnelEnd begun() {
		ChannelTunnelEnd end = end("");
		end.begin(this.listener);
		this.channel.runPendingTasks();
		return end;
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
	}

	private String sent() {
		StringBuilder sent = new StringBuilder();
		for (ByteBuf bytes = this.channel.readOutbound(); bytes != null; bytes = this.channel.readOutbound()) {
			sent.append(bytes.toString(StandardCharsets.ISO_8859_1));
			bytes.release();
		}
		return sent.toString();
	}

	/**
	 * Else an embedded channel ends its turn with each call.
	 */
	private void inOneTurn(Runnable calls) {
		ChannelInboundHandlerAdapter caller = new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				calls.run();
			}
		};
		this.channel.pipeline().addFirst(caller);
		this.channel.writeInbound("turn");
		if (this.channel.isActive()) {
			this.channel.pipeline().remove(caller);
		}
	}

	private void endInput() {
		this.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
		this.channel.runPendingTasks();
	}

	@Test
	void allOthersLeaveThePipeline() {
		this.channel.pipeline().addLast(new ChannelInboundHandlerAdapter(), new ChannelOutboundHandlerAdapter());
		end("");
		assertThat(this.channel.pipeline().toMap()).hasSize(1);
		assertThat(this.channel.config().isAutoRead()).isFalse();
	}

	@Test
	void whatWasReadBeforeIsHandedOnFirstAndNotBeforeTheBeginning() {
		ChannelTunnelEnd end = end("early");
		this.channel.writeInbound(bytes("next"));
		assertThat(this.listener.told).isEmpty();
		end.begin(this.listener);
		assertThat(this.listener.told).isEmpty();
		this.channel.runPendingTasks();
		assertThat(this.listener.told).containsExactly("data early", "data next");
		assertThat(this.channel.config().isAutoRead()).isTrue();
	}

	@Test
	void whatADecoderHadKeptIsReceivedBehindWhatWasRead() {
		this.channel.pipeline().addLast(new ByteToMessageDecoder() {
			@Override
			protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
				// Waits for more.
			}
		});
		this.channel.writeInbound(bytes("undecoded"));
		end("read").begin(this.listener);
		this.channel.runPendingTasks();
		assertThat(this.listener.told).containsExactly("data read", "data undecoded");
	}

	@Test
	void handlerThatGivesTheConnectionAwayMayBeReadingFromIt() {
		ChannelInboundHandlerAdapter http = new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				new ChannelTunnelEnd(ChannelTunnelEndTests.this.loop, context.channel(), (ByteBuf) message)
					.begin(ChannelTunnelEndTests.this.listener);
			}
		};
		this.channel.pipeline().addLast(http);
		this.channel.writeInbound(bytes("one"), bytes("two"));
		assertThat(this.listener.told).containsExactly("data one", "data two");
	}

	@Test
	void pausedEndKeepsWhatComesAndThenItsEnd() {
		ChannelTunnelEnd end = begun();
		end.pause();
		assertThat(this.channel.config().isAutoRead()).isFalse();
		this.channel.writeInbound(bytes("kept"));
		endInput();
		assertThat(this.listener.told).isEmpty();
		end.resume();
		assertThat(this.listener.told).isEmpty();
		this.channel.runPendingTasks();
		assertThat(this.listener.told).containsExactly("data kept", "input end");
	}

	@Test
	void listenerMayPauseWhileItIsHandedWhatWasKept() {
		ChannelTunnelEnd end = end("a");
		this.channel.writeInbound(bytes("b"));
		RecordingListener pausing = new RecordingListener() {
			@Override
			public void onData(ByteBuf data) {
				super.onData(data);
				end.pause();
			}
		};
		end.begin(pausing);
		this.channel.runPendingTasks();
		assertThat(pausing.told).containsExactly("data a");
		assertThat(this.channel.config().isAutoRead()).isFalse();
		end.resume();
		this.channel.runPendingTasks();
		assertThat(pausing.told).containsExactly("data a", "data b");
	}

	@Test
	void endThatCameBeforeTheBeginningIsTold() {
		ChannelTunnelEnd end = end("last words");
		endInput();
		end.begin(this.listener);
		this.channel.runPendingTasks();
		assertThat(this.listener.told).containsExactly("data last words", "input end");
	}

	@Test
	void writesOfOneTurnAreFlushedOnce() {
		int[] flushes = new int[1];
		ChannelTunnelEnd end = begun();
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
			@Override
			public void flush(ChannelHandlerContext context) {
				flushes[0]++;
				context.flush();
			}
		});
		for (int turn = 1; turn <= 2; turn++) {
			inOneTurn(() -> {
				end.write(bytes("one "));
				end.write(bytes("two "));
				assertThat(sent()).isEmpty();
			});
			assertThat(sent()).isEqualTo("one two ");
			assertThat(flushes[0]).isEqualTo(turn);
		}
		assertThat(this.listener.told).containsOnly("taken");
	}

	@Test
	void endThatTakesNothingIsNotWritableUntilItDoes() {
		ChannelTunnelEnd end = begun();
		this.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
		inOneTurn(() -> {
			end.write(bytes("much"));
			assertThat(end.isWritable()).isFalse();
		});
		assertThat(end.isWritable()).isTrue();
		assertThat(this.listener.told).contains("writable");
	}

	@Test
	void connectionClosesWhenBothDirectionsHaveEnded() {
		ChannelTunnelEnd end = begun();
		end.write(bytes("bye"));
		end.endOutput();
		ByteBuf late = bytes("late");
		end.write(late);
		assertThat(late.refCnt()).isZero();
		assertThat(end.isWritable()).isTrue();
		this.channel.runPendingTasks();
		assertThat(sent()).isEqualTo("bye");
		assertThat(end.isOpen()).isTrue();
		endInput();
		assertThat(end.isOpen()).isFalse();
		assertThat(this.listener.told).containsExactly("taken", "input end", "closed");
	}

	@Test
	void closeSendsEverythingAndWaitsForNothingMore() {
		ChannelTunnelEnd end = begun();
		inOneTurn(() -> {
			end.write(bytes("bye"));
			end.close();
			assertThat(end.isOpen()).isTrue();
		});
		assertThat(sent()).isEqualTo("bye");
		assertThat(end.isOpen()).isFalse();
		assertThat(this.listener.told).containsExactly("taken", "closed");
	}

	@Test
	void resetDropsWhatWasKeptAndWhatWasNotSent() {
		ChannelTunnelEnd end = begun();
		end.pause();
		ByteBuf kept = bytes("kept");
		this.channel.writeInbound(kept);
		ByteBuf unsent = bytes("unsent");
		inOneTurn(() -> {
			end.write(unsent);
			end.reset();
		});
		assertThat(kept.refCnt()).isZero();
		assertThat(unsent.refCnt()).isZero();
		assertThat(end.isOpen()).isFalse();
		assertThat(this.listener.told).containsExactly("closed");
	}

	@Test
	void failureOfTheConnectionIsToldOnce() {
		begun();
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		this.channel.close().syncUninterruptibly();
		this.channel.runPendingTasks();
		assertThat(this.listener.told).containsExactly("broken", "closed");
	}

	@Test
	void writeThatFailsIsAFailureOfTheConnection() {
		ChannelTunnelEnd end = begun();
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
			@Override
			public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
				((ByteBuf) message).release();
				promise.setFailure(new IOException("Broken pipe"));
			}
		});
		end.write(bytes("x"));
		assertThat(this.listener.told).containsExactly("broken");
	}

	@Test
	void connectionThatClosedBeforeTheBeginningIsToldOfOnceItBegins() {
		ChannelTunnelEnd end = end("");
		this.channel.close().syncUninterruptibly();
		this.channel.runPendingTasks();
		end.begin(this.listener);
		this.channel.runPendingTasks();
		assertThat(this.listener.told).containsExactly("closed");
	}

	@Test
	void connectionThatIsNeverBegunLeaksNothing() {
		ByteBuf early = bytes("early");
		new ChannelTunnelEnd(this.loop, this.channel, early);
		this.channel.close().syncUninterruptibly();
		assertThat(early.refCnt()).isZero();
	}

}
