package dev.holdfast.testing;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/**
 * Steady GET requests over keep-alive connections, each sent when the one before it on
 * the same connection was answered, at once or after a pause; every answer that is not a
 * 2xx is a failure.
 */
public final class Load implements AutoCloseable {

	/** A load that fails always must not run for ever. */
	private static final int MAX_FAILURES = 1_000;

	private static final int MAX_REASONS = 10;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));

	private final HttpClient client;

	private final RequestOptions request;

	private final long limit;

	private final Duration pause;

	private final Map<Integer, Long> statuses = new TreeMap<>();

	private final List<String> reasons = new ArrayList<>();

	private final CompletableFuture<Result> ended = new CompletableFuture<>();

	private long sent;

	private long failures;

	private int running;

	private boolean stopping;

	private Load(String url, int connections, long limit, Duration pause) {
		URI uri = URI.create(url);
		String query = (uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : "";
		this.request = new RequestOptions().setMethod(HttpMethod.GET)
			.setHost(uri.getHost())
			.setPort(uri.getPort())
			.setURI(uri.getRawPath() + query)
			.setIdleTimeout(PATIENCE.toMillis());
		this.client = this.vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(5_000),
				new PoolOptions().setHttp1MaxSize(connections));
		this.limit = limit;
		this.pause = pause;
		this.running = connections;
	}

	/**
	 * Sends a number of requests and waits for the last answer.
	 * @param url what is asked for
	 * @param connections how many connections are used
	 * @param requests how many requests are sent
	 * @return how they ended
	 */
	public static Result run(String url, int connections, long requests) {
		try (Load load = new Load(url, connections, requests, Duration.ZERO)) {
			load.begin(connections);
			return load.ended.join();
		}
	}

	/**
	 * Sends requests until it is told to stop.
	 * @param url what is asked for
	 * @param connections how many connections are used
	 * @return the load, to be ended by {@link #stop()}
	 */
	public static Load start(String url, int connections) {
		return start(url, connections, Duration.ZERO);
	}

	/**
	 * Sends requests until it is told to stop, and leaves the machine time for other
	 * things.
	 * @param url what is asked for
	 * @param connections how many connections are used
	 * @param pause how long each connection rests between an answer and its next request
	 * @return the load, to be ended by {@link #stop()}
	 */
	public static Load start(String url, int connections, Duration pause) {
		Load load = new Load(url, connections, Long.MAX_VALUE, pause);
		load.begin(connections);
		return load;
	}

	/**
	 * Tells how the requests that were answered so far ended.
	 * @return a copy of the counts
	 */
	public synchronized Result soFar() {
		return new Result(this.statuses.values().stream().mapToLong(Long::longValue).sum(), Map.copyOf(this.statuses),
				this.failures, List.copyOf(this.reasons));
	}

	/**
	 * Sends no more requests, and waits for the answers to those that are under way.
	 * @return how all of them ended
	 */
	public Result stop() {
		synchronized (this) {
			this.stopping = true;
		}
		try {
			return this.ended.get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("requests have no answer: " + soFar(), ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for the last answers", ex);
		}
		finally {
			close();
		}
	}

	@Override
	public void close() {
		synchronized (this) {
			this.stopping = true;
		}
		this.vertx.close().await();
	}

	private void begin(int connections) {
		for (int i = 0; i < connections; i++) {
			this.vertx.runOnContext((nothing) -> next());
		}
	}

	private void next() {
		synchronized (this) {
			if (this.stopping || this.sent == this.limit || this.failures >= MAX_FAILURES) {
				this.running--;
				if (this.running == 0) {
					this.ended.complete(soFar());
				}
				return;
			}
			this.sent++;
		}
		long begin = System.nanoTime();
		this.client.request(this.request)
			.compose((request) -> request.send())
			.compose(Answer::read)
			.onComplete((result) -> {
				count(result.succeeded() ? result.result() : null, result.cause(), System.nanoTime() - begin);
				if (this.pause.isZero()) {
					this.vertx.runOnContext((nothing) -> next());
				}
				else {
					this.vertx.setTimer(this.pause.toMillis(), (timer) -> next());
				}
			});
	}

	private synchronized void count(@Nullable Answer answer, @Nullable Throwable failure, long nanos) {
		this.statuses.merge((answer != null) ? answer.status() : 0, 1L, Long::sum);
		if (answer != null && answer.status() / 100 == 2) {
			return;
		}
		this.failures++;
		if (this.reasons.size() < MAX_REASONS) {
			this.reasons.add("request %d after %d ms: %s".formatted(this.sent, nanos / 1_000_000,
					(answer != null) ? answer : failure));
		}
	}

	/**
	 * How requests ended.
	 *
	 * @param requests how many ended
	 * @param statuses how many ended with each status, 0 for those that have none
	 * @param failures how many did not end with a 2xx
	 * @param reasons what happened to the first of those
	 */
	public record Result(long requests, Map<Integer, Long> statuses, long failures, List<String> reasons) {
	}

	private record Answer(int status, String headers, Buffer body) {

		static Future<Answer> read(HttpClientResponse response) {
			return response.body()
				.map((body) -> new Answer(response.statusCode(), response.headers().toString().strip(), body));
		}

	}

}
