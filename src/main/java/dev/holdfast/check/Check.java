package dev.holdfast.check;

import java.util.regex.Pattern;

import dev.holdfast.service.CanonicalPath;

/**
 * What an instance is asked to find out whether it is well. It is asked at its own host
 * and port, always: nothing of a check says where.
 */
public sealed interface Check {

	/**
	 * Return what kind of check it is.
	 * @return the kind
	 */
	CheckKind kind();

	/**
	 * Return what is asked, in words for operators.
	 * @return such as {@code GET /health}
	 */
	String description();

	/**
	 * A connection is made, with a TLS handshake where the instance speaks TLS, and
	 * closed.
	 */
	record Tcp() implements Check {

		@Override
		public CheckKind kind() {
			return CheckKind.TCP;
		}

		@Override
		public String description() {
			return "TCP connection";
		}

	}

	/**
	 * A request is sent, and its response judged. Redirects are not followed.
	 *
	 * @param method the method
	 * @param path the path behind the instance's own, canonical and without a query
	 * @param statuses what the response's status must be one of
	 * @param body what the response's body must have in its first 64 KiB, empty for
	 * anything
	 */
	record Http(CheckMethod method, String path, StatusSet statuses, String body) implements Check {

		private static final int MAX_PATH_LENGTH = 1024;

		private static final int MAX_BODY_LENGTH = 1024;

		/**
		 * Checks path and body.
		 * @throws IllegalArgumentException if no request can have such a path, or no
		 * response such a body
		 */
		public Http {
			if (path.length() > MAX_PATH_LENGTH || !path.equals(CanonicalPath.of(path))) {
				throw new IllegalArgumentException(
						"path: \"%s\" (expected: a canonical path of at most %d characters, without a query)"
							.formatted(path, MAX_PATH_LENGTH));
			}
			if (body.length() > MAX_BODY_LENGTH) {
				throw new IllegalArgumentException(
						"body: %d characters (expected: at most %d)".formatted(body.length(), MAX_BODY_LENGTH));
			}
			if (method == CheckMethod.HEAD && !body.isEmpty()) {
				throw new IllegalArgumentException(
						"body: \"%s\" with the method HEAD (expected: none, or the method GET)".formatted(body));
			}
		}

		@Override
		public CheckKind kind() {
			return CheckKind.HTTP;
		}

		@Override
		public String description() {
			return this.method + " " + this.path;
		}

	}

	/**
	 * The method {@code Check} of {@code grpc.health.v1.Health} is called.
	 *
	 * @param service the service that is asked for, empty for the whole server
	 */
	record Grpc(String service) implements Check {

		private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_./-]{0,255}");

		/**
		 * Checks the service.
		 * @throws IllegalArgumentException if it is no name
		 */
		public Grpc {
			if (!SERVICE.matcher(service).matches()) {
				throw new IllegalArgumentException(
						"service: \"%s\" (expected: the name of a gRPC service, or nothing)".formatted(service));
			}
		}

		@Override
		public CheckKind kind() {
			return CheckKind.GRPC;
		}

		@Override
		public String description() {
			return "gRPC health of " + (this.service.isEmpty() ? "the server" : this.service);
		}

	}

}
