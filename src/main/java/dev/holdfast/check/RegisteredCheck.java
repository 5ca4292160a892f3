package dev.holdfast.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What an instance says in its metadata of how it is to be checked. How often, and what
 * comes of it, it does not say.
 */
final class RegisteredCheck {

	/** What the keys begin with; alone, the kind of the check. */
	private static final String KIND = "holdfast.check";

	private static final String METHOD = KIND + ".method";

	private static final String PATH = KIND + ".path";

	private static final String STATUS = KIND + ".status";

	private static final String BODY = KIND + ".body";

	private static final String SERVICE = KIND + ".service";

	private static final List<String> OF_HTTP = List.of(METHOD, PATH, STATUS, BODY);

	private static final List<String> OF_GRPC = List.of(SERVICE);

	private static final Check.Http USUAL = new Check.Http(CheckMethod.GET, "/", StatusSet.parse("200-299"), "");

	private final Map<String, String> metadata;

	private RegisteredCheck(Map<String, String> metadata) {
		this.metadata = metadata;
	}

	/**
	 * Whether there is anything of checks in the metadata.
	 */
	static boolean isIn(Map<String, String> metadata) {
		for (String key : metadata.keySet()) {
			if (key.startsWith(KIND)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return how an instance is checked.
	 * @param metadata what it says
	 * @param settings how its service is checked, which counts where it says nothing
	 * @throws IllegalArgumentException if it says what cannot be done
	 */
	static CheckSettings of(Map<String, String> metadata, CheckSettings settings) {
		return settings.with(new RegisteredCheck(metadata).check(settings.check()));
	}

	private Optional<Check> check(Optional<Check> of) {
		CheckKind kind = kind(of.map(Check::kind).orElse(CheckKind.NONE));
		for (String key : this.metadata.keySet()) {
			checkKey(key, kind);
		}
		return switch (kind) {
			case NONE -> Optional.empty();
			case TCP -> Optional.of(new Check.Tcp());
			case HTTP -> Optional.of(http((of.orElse(null) instanceof Check.Http http) ? http : USUAL));
			case GRPC -> Optional.of(new Check.Grpc(value(SERVICE, grpcService(of.orElse(null)))));
		};
	}

	private CheckKind kind(CheckKind usual) {
		String text = this.metadata.get(KIND);
		if (text == null) {
			return usual;
		}
		for (CheckKind kind : CheckKind.values()) {
			if (kind.toString().equals(text)) {
				return kind;
			}
		}
		throw new IllegalArgumentException("%s: \"%s\" (expected: none, tcp, http or grpc)".formatted(KIND, text));
	}

	private static void checkKey(String key, CheckKind kind) {
		if (!key.startsWith(KIND) || key.equals(KIND)) {
			return;
		}
		if (OF_HTTP.contains(key) ? kind != CheckKind.HTTP : kind != CheckKind.GRPC || !OF_GRPC.contains(key)) {
			throw new IllegalArgumentException("%s: not for a check by %s (expected: %s with http, %s with grpc)"
				.formatted(key, kind, String.join(", ", OF_HTTP), String.join(", ", OF_GRPC)));
		}
	}

	private Check.Http http(Check.Http usual) {
		String status = this.metadata.get(STATUS);
		return new Check.Http(method(usual.method()), value(PATH, usual.path()),
				(status != null) ? StatusSet.parse(status) : usual.statuses(), value(BODY, usual.body()));
	}

	private CheckMethod method(CheckMethod usual) {
		String text = this.metadata.get(METHOD);
		return switch (text) {
			case null -> usual;
			case "GET" -> CheckMethod.GET;
			case "HEAD" -> CheckMethod.HEAD;
			default -> throw new IllegalArgumentException("%s: \"%s\" (expected: GET or HEAD)".formatted(METHOD, text));
		};
	}

	private static String grpcService(@Nullable Check check) {
		return (check instanceof Check.Grpc grpc) ? grpc.service() : "";
	}

	private String value(String key, String usual) {
		return this.metadata.getOrDefault(key, usual);
	}

}
