package dev.holdfast.quickstart;

import dev.holdfast.testing.TestBackend;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * One instance of a demo service, which says who it is and what it was asked for.
 */
final class DemoBackend implements AutoCloseable {

	private final String service;

	private final TestBackend server;

	private DemoBackend(String service, String id) {
		this.service = service;
		this.server = TestBackend.start(id, (request) -> answer(service, id, request));
	}

	static DemoBackend start(String service, String id) {
		return new DemoBackend(service, id);
	}

	/**
	 * The key under which it is registered.
	 */
	String key() {
		return "/services/%s/%s".formatted(this.service, this.server.id());
	}

	/**
	 * The record that it registers, in the generic JSON format.
	 */
	String record() {
		return new JsonObject().put("url", this.server.url())
			.put("version", "1.0.0")
			.put("metadata", new JsonObject().put("demo", "true"))
			.encode();
	}

	@Override
	public void close() {
		this.server.close();
	}

	private static void answer(String service, String id, HttpServerRequest request) {
		String body = new JsonObject().put("service", service)
			.put("instance", id)
			.put("method", request.method().name())
			.put("path", request.uri())
			.encode();
		request.endHandler((end) -> request.response().putHeader("content-type", "application/json").end(body + "\n"));
	}

}
