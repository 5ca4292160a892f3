package dev.holdfast.proxy.client;

import java.io.IOException;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.tunnel.ChannelTunnelEnd;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that speaks HTTP/1.1, as far as its first bytes do not tell
 * otherwise. Its requests are read one at a time: what comes behind one waits until that
 * is answered. Meanwhile the connection is read on, up to a bound, since nothing else
 * tells that the client has gone.
 */
final class Http1Connection extends ServedConnection {

	private static final Logger logger = LoggerFactory.getLogger(Http1Connection.class);

	/** More is not read ahead of a response, bytes. */
	static final int MOST_AHEAD = 64 * 1024;

	private final Http1Input input;

	private final Http1Output output;

	private final Handler handler = new Handler();

	/** Whether the client may still turn out to speak HTTP/2. */
	private boolean undecided;

	/** Whether some of the input came before the request ahead of it was answered. */
	private boolean early;

	private @Nullable Http1Stream current;

	private boolean reading;

	/** Whether reading stopped although there may be more to read. */
	private boolean stopped;

	/** Whether nothing that comes is read as HTTP any more. */
	private boolean ended;

	Http1Connection(ClientContext context, Channel channel, ClientPeer peer) {
		super(context, channel, peer, true);
		this.input = new Http1Input(channel, context.parsers());
		this.output = new Http1Output(context.loop(), channel);
		this.undecided = !peer.secure();
	}

	/**
	 * Return what reads the connection.
	 */
	ChannelHandler handler() {
		return this.handler;
	}

	Http1Output output() {
		return this.output;
	}

	private void onBytes(ByteBuf bytes) {
		if (this.ended) {
			bytes.release();
			return;
		}
		this.input.add(bytes);
		if (!this.undecided || isHttp1()) {
			readOn();
		}
		else if (!this.ended) {
			this.input.compact();
			awaitHead();
		}
	}

	private boolean isHttp1() {
		switch (this.input.comparePreface()) {
			case SAME -> {
				this.ended = true;
				ByteBuf bytes = this.input.take();
				Http2ClientConnection other = new Http2ClientConnection(context(), channel(), peer());
				other.replace(this);
				channel().pipeline().replace(this.handler, null, other.handler());
				channel().pipeline().fireChannelRead(bytes);
			}
			case DIFFERENT -> this.undecided = false;
			case CUT -> {
				// The next byte may tell.
			}
		}
		return !this.undecided;
	}

	private void readOn() {
		if (this.reading || this.ended) {
			return;
		}
		this.reading = true;
		this.stopped = false;
		try {
			while (!this.ended && step()) {
				// Until it takes more bytes, or somebody has to do something first.
			}
		}
		finally {
			this.reading = false;
		}
		if (!this.ended) {
			settle();
		}
	}

	/**
	 * Read on by one step.
	 * @return whether there may be another
	 */
	private boolean step() {
		Http1Stream request = this.current;
		if (request == null) {
			// Responses that nobody takes must not become more.
			return !this.input.isEmpty() && channel().isWritable() && readHead();
		}
		if (!request.takesBody()) {
			this.stopped = true;
			return false;
		}
		return switch (this.input.next()) {
			case NEED_DATA, HEAD -> false;
			case BODY -> {
				request.onBody(this.input.parser().body());
				yield true;
			}
			case END -> {
				request.onEnd(this.input.parser().trailers());
				yield true;
			}
			case MALFORMED -> {
				request.onMalformed(this.input.parser().rejection());
				yield true;
			}
		};
	}

	private boolean readHead() {
		return switch (this.input.next()) {
			case NEED_DATA, BODY, END -> false;
			case HEAD -> {
				begin(null);
				yield true;
			}
			case MALFORMED -> {
				begin(this.input.parser().rejection());
				yield true;
			}
		};
	}

	private void begin(@Nullable Rejection rejection) {
		RequestHead head = this.input.parser().head();
		boolean whole = rejection == null && !head.hasBody();
		if (whole) {
			// Its end takes no bytes, and its head stays.
			this.input.next();
		}
		Http1Stream request = new Http1Stream(this, head, rejection, whole, this.early);
		this.early = false;
		this.current = request;
		beginRequest();
		context().requests().onRequest(request);
	}

	/**
	 * Keep no more than is needed until more comes, and let come no more than is wanted.
	 */
	private void settle() {
		this.input.compact();
		Http1Stream request = this.current;
		if (request == null) {
			settleBetweenRequests();
		}
		else if (request.isRequestEnded()) {
			this.early = !this.input.isEmpty();
			this.input.setAutoRead(this.input.size() <= MOST_AHEAD);
		}
		else {
			this.input.setAutoRead(this.input.isEmpty() || request.takesBody());
		}
	}

	private void settleBetweenRequests() {
		boolean within = this.input.isWithinRequest();
		boolean writable = channel().isWritable();
		this.input.setAutoRead(writable || this.input.isEmpty());
		if (within || (!this.input.isEmpty() && writable)) {
			awaitHead();
		}
		else if (this.input.isEmpty()) {
			this.input.giveParserBack();
		}
	}

	/**
	 * Go on reading where it stopped, soon.
	 */
	void readOnLater() {
		if (this.stopped && !this.reading) {
			context().loop().defer(this::goOn);
		}
	}

	/**
	 * Read on outside of what Netty watches over.
	 */
	private void goOn() {
		try {
			readOn();
		}
		catch (RuntimeException | StackOverflowError ex) {
			onFailure(ex);
		}
	}

	/**
	 * Whether something came behind the request.
	 */
	boolean isAhead() {
		return !this.input.isEmpty();
	}

	/**
	 * The response has been written. The rest of the request, if there is any, is to be
	 * read and thrown away unless the connection ends here.
	 */
	void onResponseEnd(Http1Stream request) {
		endRequest();
		if (request.isClosing()) {
			endBehindOutput(request.isMoreToCome() || isAhead());
		}
		else if (request.isRequestEnded()) {
			free();
		}
		else {
			readOnLater();
		}
	}

	/**
	 * The rest of a request whose response has been written has been read.
	 */
	void free() {
		this.current = null;
		if (!this.input.isEmpty()) {
			this.stopped = true;
			readOnLater();
		}
		else if (!this.reading) {
			settle();
		}
	}

	/**
	 * Close the connection when all that was written has been sent.
	 * @param more whether the client may still send something: then it is told first that
	 * nothing more comes, since closing with something unread would reset the connection
	 * and could take the response along
	 */
	void endBehindOutput(boolean more) {
		if (this.ended) {
			return;
		}
		end();
		this.input.setAutoRead(true);
		this.output.whenSent((sent) -> {
			if (more && sent.isSuccess()) {
				linger();
				Sockets.endOutput(channel());
			}
			else {
				close();
			}
		});
	}

	private void end() {
		this.ended = true;
		this.input.take().release();
		if (this.reading) {
			this.input.forgetParser();
		}
		else {
			this.input.giveParserBack();
		}
	}

	/**
	 * Break off the response.
	 */
	void reset() {
		end();
		endRequest();
		Sockets.reset(channel());
	}

	/**
	 * Leave HTTP behind what was written.
	 * @return the connection as a tunnel's end
	 */
	TunnelEnd leaveHttp() {
		this.output.handOver();
		this.ended = true;
		this.input.giveParserBack();
		channel().closeFuture().addListener((closed) -> onClosed());
		return new ChannelTunnelEnd(context().loop(), channel(), this.input.take());
	}

	private void onClosed() {
		end();
		this.output.release();
		leave();
		if (this.current != null) {
			this.current.onGone();
		}
	}

	@Override
	void onHeadOverdue() {
		turnAway(GatewayError.HEADER_TIMEOUT, ClientRefusal.HEADER_TIMEOUT);
		end();
		this.input.setAutoRead(true);
		sayFarewell(GatewayError.HEADER_TIMEOUT);
	}

	@Override
	void endUnused() {
		close();
	}

	@Override
	public void closeWhenDone() {
		if (this.current != null && !this.current.isAnswered()) {
			this.current.closeAfterwards();
		}
		else {
			endBehindOutput(this.current != null);
		}
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // it hears of the end itself
	public void close() {
		Http1Stream request = this.current;
		if (request != null && request.endsWithConnection()) {
			Sockets.reset(channel());
			return;
		}
		channel().close();
		if (request != null && !request.isAnswered()) {
			// TLS would wait for a client that takes nothing, and the request go on.
			Sockets.reset(channel());
		}
	}

	private void onFailure(Throwable failure) {
		if (failure instanceof IOException || failure instanceof DecoderException) {
			// Of the connection, which ends by it; whoever can reach the port could fill
			// the log.
			return;
		}
		logger.error("A client's connection is reset because of a defect", failure);
		Sockets.reset(channel());
	}

	/**
	 * The connection's end of the channel's pipeline.
	 */
	private final class Handler extends ChannelDuplexHandler {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			onBytes((ByteBuf) message);
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			if (!context.channel().isWritable()) {
				return;
			}
			Http1Stream request = Http1Connection.this.current;
			if (request != null) {
				request.onWritable();
			}
			else {
				readOn();
			}
		}

		@Override
		public void flush(ChannelHandlerContext context) {
			Http1Connection.this.output.flush(context);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			// The end of TLS, which the end of the connection follows.
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			onFailure(failure);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			onClosed();
		}

	}

}
