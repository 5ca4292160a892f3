package dev.holdfast.registry.etcd;

import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what went wrong out of the exceptions of jetcd and gRPC, which wrap each other.
 */
final class EtcdErrors {

	private EtcdErrors() {
	}

	/**
	 * Finds the gRPC status code.
	 * @return the code, {@code UNKNOWN} when there is none
	 */
	static Status.Code code(Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			switch (cause) {
				case StatusRuntimeException ex -> {
					return ex.getStatus().getCode();
				}
				case StatusException ex -> {
					return ex.getStatus().getCode();
				}
				case EtcdException ex when ex.getCause() == null -> {
					return Status.Code.valueOf(ex.getErrorCode().name());
				}
				default -> {
					// Look deeper.
				}
			}
		}
		return Status.Code.UNKNOWN;
	}

	/**
	 * Says in one line what went wrong: the code, what the server or gRPC said of it, and
	 * the operating system's reason.
	 */
	static String describe(Throwable error) {
		Throwable root = error;
		@Nullable String said = null;
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			root = cause;
			if (cause instanceof StatusRuntimeException ex) {
				said = ex.getStatus().getDescription();
			}
		}
		Status.Code code = code(error);
		String reason = (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
		StringBuilder text = new StringBuilder();
		if (code != Status.Code.UNKNOWN && !reason.contains(code.name())) {
			text.append(code).append(": ");
		}
		if (said != null && !reason.contains(said)) {
			text.append(said).append(": ");
		}
		return text.append(reason).toString().replace('\n', ' ');
	}

}
