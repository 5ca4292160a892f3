package dev.holdfast.bench;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Cloud Gateway with one route, configured in {@code application.yml}. */
@SpringBootApplication
public class GatewayPeer {

	public static void main(String[] args) {
		SpringApplication.run(GatewayPeer.class, args);
	}

}
