package dev.holdfast.route.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * The JSON schema of documents with routes, for editors and pipelines.
 */
public final class RouteSchema {

	private static final String FILE = "routes.schema.json";

	private RouteSchema() {
	}

	/**
	 * Return the schema.
	 * @return its bytes, UTF-8
	 */
	public static byte[] read() {
		try (InputStream file = Objects.requireNonNull(RouteSchema.class.getResourceAsStream(FILE), FILE)) {
			return file.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
