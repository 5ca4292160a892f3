package dev.holdfast.bench;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Cloud Gateway, configured in {@code application.yml} and in the file of instances and routes that it imports. */
@SpringBootApplication
public class FaultTolerantPeer {

	public static void main(String[] args) {
		SpringApplication.run(FaultTolerantPeer.class, args);
	}

}
