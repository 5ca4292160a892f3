package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.GatewayError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalMessageTests {

	@Test
	void clientThatIsTurnedAwayIsToldWhyAndWhenToComeAgain() {
		ByteBuf message = RefusalMessage.of(UnpooledByteBufAllocator.DEFAULT, GatewayError.TOO_MANY_CONNECTIONS, "id");
		String problem = GatewayError.TOO_MANY_CONNECTIONS.toProblemJson("id");
		assertThat(message.toString(StandardCharsets.ISO_8859_1))
			.isEqualTo("HTTP/1.1 503 Service Unavailable\r\n" + "Content-Type: application/problem+json\r\n"
					+ "Holdfast-Error: too-many-connections\r\n" + "Retry-After: 1\r\n" + "Content-Length: "
					+ problem.length() + "\r\nconnection: close\r\n\r\n" + problem);
		message.release();
	}

}
