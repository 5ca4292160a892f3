package dev.holdfast;

import java.security.Security;
import java.util.List;

import dev.holdfast.route.document.ValidateCommand;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The gateway's entry point.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class HoldfastApplication {

	/**
	 * Starts the gateway, or checks files of routes if that is what is asked for.
	 * @param args Spring Boot's command line arguments, or {@code validate} and files
	 */
	public static void main(String[] args) {
		if (args.length > 0 && args[0].equals(ValidateCommand.NAME)) {
			List<String> files = List.of(args).subList(1, args.length);
			System.exit(new ValidateCommand(System.in, System.out, System.err).run(files));
		}
		// The JVM remembers addresses for 30 s and that a name has none for 10 s, longer
		// than an outage may last once its cause is mended.
		Security.setProperty("networkaddress.cache.ttl", "5");
		Security.setProperty("networkaddress.cache.negative.ttl", "1");
		// With TLS 1.2 a client could ask for one handshake after the other, which cost a
		// server far more than a client.
		System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
		SpringApplication.run(HoldfastApplication.class, args);
	}

}
