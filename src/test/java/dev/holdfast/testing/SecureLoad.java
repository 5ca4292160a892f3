package dev.holdfast.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

/**
 * Steady GET requests by TLS: on connections that are kept, in HTTP/1.1 and HTTP/2, and
 * on a new connection each.
 */
public final class SecureLoad implements AutoCloseable {

	private final List<String> failures = new CopyOnWriteArrayList<>();

	private final AtomicLong answers = new AtomicLong();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean stopping;

	private SecureLoad() {
	}

	/**
	 * Begins to send, until it is closed.
	 * @param target what is asked for
	 * @param context what the server is trusted by
	 * @return the load
	 */
	public static SecureLoad start(URI target, SSLContext context) {
		SecureLoad load = new SecureLoad();
		load.run("kept, HTTP/1.1", target, () -> client(context, HttpClient.Version.HTTP_1_1), false);
		load.run("kept, HTTP/2", target, () -> client(context, HttpClient.Version.HTTP_2), false);
		load.run("new, HTTP/1.1", target, () -> client(context, HttpClient.Version.HTTP_1_1), true);
		load.run("new, HTTP/2", target, () -> client(context, HttpClient.Version.HTTP_2), true);
		return load;
	}

	private static HttpClient client(SSLContext context, HttpClient.Version version) {
		return HttpClient.newBuilder().sslContext(context).version(version).connectTimeout(Patience.TIME).build();
	}

	private void run(String name, URI target, Supplier<HttpClient> clients, boolean renewed) {
		HttpRequest request = HttpRequest.newBuilder(target).timeout(Patience.TIME).build();
		this.threads.add(Thread.ofVirtual().name(name).start(() -> {
			HttpClient client = clients.get();
			while (!this.stopping) {
				send(name, client, request);
				if (renewed) {
					client.close();
					client = clients.get();
				}
			}
			client.close();
		}));
	}

	private void send(String name, HttpClient client, HttpRequest request) {
		try {
			HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
			if (answer.statusCode() == 200 && answer.version() == client.version()) {
				this.answers.incrementAndGet();
			}
			else {
				this.failures.add("%s: %s by %s".formatted(name, answer, answer.version()));
			}
		}
		catch (IOException ex) {
			this.failures.add(name + ": " + ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Counts the answers with status 200 in the version that was asked for.
	 * @return their number so far
	 */
	public long answers() {
		return this.answers.get();
	}

	/**
	 * What became of the other requests.
	 * @return a line for each
	 */
	public List<String> failures() {
		return List.copyOf(this.failures);
	}

	@Override
	public void close() {
		this.stopping = true;
		try {
			for (Thread thread : this.threads) {
				thread.join(Patience.TIME);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
