package dev.holdfast.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.configuration.HoldfastProperties;
import dev.holdfast.testing.EtcdBinary;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Folders;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts the gateway with an etcd and demo backends of its own, and says what to try.
 */
public final class QuickStart {

	private QuickStart() {
	}

	/**
	 * Starts everything; it ends with the JVM.
	 * @param args Spring Boot's command line arguments for the gateway
	 */
	public static void main(String[] args) {
		// Until the gateway has set up its logging, everything would be logged.
		LoggingSystem.get(QuickStart.class.getClassLoader()).beforeInitialize();
		EtcdProcess etcd = startDemo();
		say("Starting the gateway");
		try {
			ConfigurableApplicationContext gateway = SpringApplication.from(HoldfastApplication::main)
				.run(withDemo(args, etcd))
				.getApplicationContext();
			say(instructions(gateway, etcd).text());
		}
		catch (RuntimeException ex) {
			// Spring Boot has said why; etcd and the backends must not stay.
			System.exit(1);
		}
	}

	private static EtcdProcess startDemo() {
		try {
			Path binary = EtcdBinary.find(QuickStart::say);
			say("Starting " + binary + " and three demo backends");
			return Demo.start(binary).etcd();
		}
		catch (IllegalStateException ex) {
			say(String.valueOf(ex.getMessage()));
			System.exit(1);
			throw ex;
		}
	}

	private static String[] withDemo(String[] args, EtcdProcess etcd) {
		Path folder = temporaryFolder();
		return Stream
			.concat(Stream.of("--holdfast.etcd.endpoints=" + etcd.endpoint(),
					"--holdfast.registry.snapshot.path=" + folder.resolve("registry-snapshot.json"),
					"--holdfast.routing.snapshot-path=" + folder.resolve("routes.json"),
					"--holdfast.admin.overrides-path=" + folder.resolve("overrides.json")), Stream.of(args))
			.toArray(String[]::new);
	}

	private static Path temporaryFolder() {
		try {
			Path folder = Folders.create("holdfast-quickstart-");
			// Runs after the gateway has written its last snapshot.
			SpringApplication.getShutdownHandlers().add(() -> delete(folder));
			return folder;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void delete(Path folder) {
		try {
			Folders.delete(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Instructions instructions(ConfigurableApplicationContext gateway, EtcdProcess etcd) {
		int traffic = gateway.getBean(HoldfastProperties.class).server().port();
		String admin = gateway.getEnvironment().getRequiredProperty("local.server.port");
		return new Instructions("http://localhost:" + traffic, "http://localhost:" + admin, etcd.endpoint(),
				"kill " + etcd.pid(), etcd.startScript().toString());
	}

	private static void say(String line) {
		System.out.println(line);
	}

}
