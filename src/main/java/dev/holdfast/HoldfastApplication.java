package dev.holdfast;

import java.security.Security;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The gateway's entry point.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class HoldfastApplication {

	/**
	 * Starts the gateway.
	 * @param args Spring Boot's command line arguments
	 */
	public static void main(String[] args) {
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
