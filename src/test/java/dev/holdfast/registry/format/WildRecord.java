package dev.holdfast.registry.format;

import java.util.List;

import dev.holdfast.service.Registration;

/**
 * A record as a project writes it, and what it means.
 *
 * @param format the format that it is in
 * @param prefix the prefix of the source that it is read by
 * @param key its full key
 * @param value its value
 * @param service the service that it registers an instance of
 * @param id the instance's id
 * @param endpoint where the instance listens, for a source whose scheme is HTTP
 * @param weight the instance's weight
 */
public record WildRecord(String format, String prefix, String key, String value, String service, String id,
		String endpoint, int weight) {

	private static final String TRIPLE = "tri%3A%2F%2F10.0.0.5%3A20000%2Forg.example.Greeter%3Fapplication%3Dgreeter"
			+ "%26category%3Dproviders%26version%3D1.0.0%26weight%3D50%26methods%3DSayHello%2CSayBye";

	/** One of each format. */
	public static final List<WildRecord> ALL = List.of(
			new WildRecord("grpc", "openim/", "openim/user-rpc-service/10.0.0.5:10110",
					"{\"Op\":0,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":null}", "user-rpc-service", "10.0.0.5:10110",
					"http://10.0.0.5:10110", 100),
			new WildRecord("kratos", "/microservices/", "/microservices/helloworld/7f9c",
					"{\"id\":\"7f9c\",\"name\":\"helloworld\",\"version\":\"v1\",\"metadata\":{},\"endpoints\":[\"http://10.0.0.5:8000\",\"grpc://10.0.0.5:9000\"]}",
					"helloworld", "7f9c", "http://10.0.0.5:8000", 100),
			new WildRecord("go-micro", "/micro/registry/", "/micro/registry/greeter/greeter-1",
					"{\"name\":\"greeter\",\"version\":\"latest\",\"metadata\":null,\"endpoints\":[],\"nodes\":[{\"metadata\":{\"protocol\":\"grpc\"},\"id\":\"greeter-1\",\"address\":\"10.0.0.5:8080\"}]}",
					"greeter", "greeter-1", "grpc://10.0.0.5:8080", 100),
			new WildRecord("kitex", "kitex/registry-etcd/", "kitex/registry-etcd/echo/10.0.0.5:8888",
					"{\"network\":\"tcp\",\"address\":\"10.0.0.5:8888\",\"weight\":10,\"tags\":null}", "echo",
					"10.0.0.5:8888", "http://10.0.0.5:8888", 10),
			new WildRecord("hertz", "hertz/registry-etcd/", "hertz/registry-etcd/echo/10.0.0.5:8888",
					"{\"network\":\"tcp\",\"address\":\"10.0.0.5:8888\",\"weight\":10,\"tags\":null}", "echo",
					"10.0.0.5:8888", "http://10.0.0.5:8888", 10),
			new WildRecord("go-zero", "user.rpc/", "user.rpc/7587870460981677575", "10.0.0.5:8080", "user.rpc",
					"7587870460981677575", "http://10.0.0.5:8080", 100),
			new WildRecord("dubbo", "/services/", "/services/greeter/10.0.0.5:20000",
					"{\"ID\":\"10.0.0.5:20000\",\"ServiceName\":\"greeter\",\"Host\":\"10.0.0.5\",\"Port\":20000,\"Weight\":0,\"Enable\":true,\"Healthy\":true,\"Metadata\":{\"dubbo.endpoints\":\"[{\\\"port\\\":20000,\\\"protocol\\\":\\\"tri\\\"}]\"}}",
					"greeter", "10.0.0.5:20000", "grpc://10.0.0.5:20000", 100),
			new WildRecord("dubbo-interface", "/dubbo/", "/dubbo/org.example.Greeter/providers/" + TRIPLE, "",
					"org.example.Greeter", "10.0.0.5:20000", "grpc://10.0.0.5:20000", 50),
			new WildRecord("apisix", "/apisix/upstreams/", "/apisix/upstreams/1",
					"{\"type\":\"roundrobin\",\"scheme\":\"http\",\"nodes\":{\"10.0.0.5:80\":100}}", "1", "10.0.0.5:80",
					"http://10.0.0.5:80", 100),
			new WildRecord("traefik", "traefik/", "traefik/http/services/orders/loadbalancer/servers/0/url",
					"http://10.0.0.5:8080", "orders", "0", "http://10.0.0.5:8080", 1),
			new WildRecord("skydns", "/skydns/local/skydns/", "/skydns/local/skydns/orders/x1",
					"{\"host\":\"10.0.0.5\",\"port\":8080,\"priority\":10,\"weight\":5,\"ttl\":60}", "orders", "x1",
					"http://10.0.0.5:8080", 5),
			new WildRecord("json", "/services/", "/services/orders/orders-7f9c",
					"{\"url\":\"http://10.0.0.5:8080\",\"weight\":100,\"zone\":\"eu-1a\",\"version\":\"1.4.2\",\"metadata\":{}}",
					"orders", "orders-7f9c", "http://10.0.0.5:8080", 100),
			new WildRecord("plain", "/services/", "/services/orders/a", "10.0.0.5:8080", "orders", "a",
					"http://10.0.0.5:8080", 100),
			new WildRecord("plain", "/services/", "/services/orders/a", "http://10.0.0.5:8080", "orders", "a",
					"http://10.0.0.5:8080", 100),
			new WildRecord("plain", "/services/", "/services/orders/a", "[::1]:80", "orders", "a", "http://[::1]:80",
					100));

	/**
	 * The record as a registry delivers it. A key that ends with a number hangs on the
	 * lease of this number, as go-zero's do.
	 */
	RawRecord raw() {
		String id = this.key.substring(this.key.lastIndexOf('/') + 1);
		long lease = id.matches("[0-9]+") ? Long.parseLong(id) : 0;
		return new RawRecord(this.key, RecordReaderTests.bytes(this.value), 1, 2, lease, Registration.Origin.WATCH);
	}

	@Override
	public String toString() {
		return this.format + " " + this.key + " " + this.value;
	}

}
