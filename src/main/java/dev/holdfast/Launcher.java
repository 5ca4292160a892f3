package dev.holdfast;

/**
 * Starts the gateway, or says in one line that this Java is too old for it. Compiled for
 * Java 17, the oldest that Boot's loader runs on, unlike all other classes; so it must
 * name none of them.
 */
public final class Launcher {

	private static final int OLDEST = 21;

	private Launcher() {
	}

	/**
	 * Starts the gateway.
	 * @param args Spring Boot's command line arguments
	 * @throws ReflectiveOperationException if the jar is not whole
	 */
	public static void main(String[] args) throws ReflectiveOperationException {
		int running = Runtime.version().feature();
		if (running < OLDEST) {
			System.err.printf("Holdfast needs Java %d or newer and was started with Java %d, %s%n", OLDEST, running,
					System.getProperty("java.home"));
			System.exit(1);
		}
		Class.forName("dev.holdfast.HoldfastApplication").getMethod("main", String[].class).invoke(null, (Object) args);
	}

}
