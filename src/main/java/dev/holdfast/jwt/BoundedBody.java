package dev.holdfast.jwt;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * Takes a body as long as it is not too large.
 */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {

	/** Issuers have some ten keys, of at most some KiB with their certificates. */
	static final int MAX_LENGTH = 512 * 1024;

	private final HttpResponse.BodySubscriber<byte[]> bytes = HttpResponse.BodySubscribers.ofByteArray();

	private Flow.@Nullable Subscription subscription;

	private long length;

	@Override
	public CompletionStage<byte[]> getBody() {
		return this.bytes.getBody();
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
		this.bytes.onSubscribe(subscription);
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		this.length += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
		if (this.length <= MAX_LENGTH) {
			this.bytes.onNext(buffers);
		}
		else if (this.subscription != null) {
			this.subscription.cancel();
			this.subscription = null;
			onError(new IOException("the answer has more than %d bytes".formatted(MAX_LENGTH)));
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.bytes.onError(failure);
	}

	@Override
	public void onComplete() {
		this.bytes.onComplete();
	}

}
