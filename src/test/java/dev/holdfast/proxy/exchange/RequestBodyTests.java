package dev.holdfast.proxy.exchange;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.proxy.header.HttpVersion;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

@Isolated("what other tests take of the same allocator would be counted")
class RequestBodyTests {

	private static long usedMemory() {
		return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedHeapMemory();
	}

	@Test
	void bodyTakesMemoryForWhatHasComeAndNotForWhatWasAnnounced() {
		List<RequestBody> bodies = new ArrayList<>();
		long before = usedMemory();
		for (int i = 0; i < 300; i++) {
			FakeClient client = FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(RequestBody.MOST_KEPT);
			RequestBody body = new RequestBody(client, 0);
			body.write(Unpooled.buffer().writeByte('a'));
			bodies.add(body);
		}
		assertThat(usedMemory() - before).isLessThan(8_000_000);
		bodies.forEach(RequestBody::forget);
	}

}
