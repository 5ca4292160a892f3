package dev.holdfast.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Curl;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class CurlTests {

	/** More than the kernel takes while nobody reads. */
	private static final int LARGE = 16 * 1024 * 1024;

	private static final int WHOLE = 4 * 1024 * 1024;

	private static final byte[] CONTENT = random(64 * 1024);

	private static final String TEXT = "the same line again and again\n".repeat(1_000);

	private static final Curl curl = Curl.find();

	private static TestBackend backend;

	private static Gateway gateway;

	private static Gateway secure;

	@TempDir
	private static Path folder;

	@BeforeAll
	static void start() {
		backend = TestBackend.start("a", CurlTests::serve);
		gateway = new Gateway(backend.port());
		secure = new Gateway(Gateway.settings(), Gateway.tls(new CertificateAuthority(folder, "authority")),
				backend.port());
	}

	@AfterAll
	static void stop() {
		secure.close();
		gateway.close();
		backend.close();
	}

	@ParameterizedTest
	@EnumSource
	void bodyArrivesAsTheBackendSentIt(Version version) {
		Curl.Result result = run(version, "--write-out", "|%{response_code} %{content_type}", url(version, "/content"));
		assertThat(result.output()).isEqualTo(text(CONTENT) + "|200 image/x-noise");
	}

	@ParameterizedTest
	@EnumSource
	void headIsAnsweredWithTheLengthAndNoBody(Version version) {
		Curl.Result result = run(version, "--head", url(version, "/content"));
		assertThat(result.output()).startsWith("HTTP/" + version.number + " 200").endsWith("\r\n\r\n");
		assertThat(result.output()).containsIgnoringCase("\r\ncontent-length: " + CONTENT.length + "\r\n");
	}

	@ParameterizedTest
	@EnumSource
	void rangeOfTheBodyIsAnswered(Version version) {
		Curl.Result result = run(version, "--range", "100-299", "--include", url(version, "/content"));
		String[] parts = result.output().split("\r\n\r\n", 2);
		assertThat(parts[0]).startsWith("HTTP/" + version.number + " 206")
			.containsIgnoringCase("content-range: bytes 100-299/" + CONTENT.length);
		assertThat(parts[1]).isEqualTo(text(CONTENT).substring(100, 300));
	}

	@ParameterizedTest
	@EnumSource
	void compressedBodyIsPassedOnAsItIs(Version version) {
		assertThat(run(version, "--compressed", url(version, "/compressed")).output()).isEqualTo(TEXT);
		assertThat(run(version, "--header", "accept-encoding: gzip", url(version, "/compressed")).output())
			.isEqualTo(text(compressed()));
		assertThat(run(version, url(version, "/compressed")).output()).isEqualTo(TEXT);
	}

	@ParameterizedTest
	@EnumSource
	void largeUploadArrivesWhole(Version version) throws IOException {
		Path file = Files.write(folder.resolve("large"), random(WHOLE));
		assertThat(run(version, "--upload-file", file.toString(), url(version, "/upload")).output())
			.isEqualTo("%d %d".formatted(WHOLE, checksum(Files.readAllBytes(file))));
	}

	@ParameterizedTest
	@EnumSource(names = "HTTP_1_0", mode = EnumSource.Mode.EXCLUDE)
	void uploadWaitsForTheBackendsLeave(Version version) throws IOException {
		Path file = Files.write(folder.resolve("large"), random(WHOLE));
		Curl.Result result = run(version, "--verbose", "--header", "expect: 100-continue", "--expect100-timeout", "50",
				"--upload-file", file.toString(), url(version, "/upload"));
		assertThat(result.output()).isEqualTo("%d %d".formatted(WHOLE, checksum(Files.readAllBytes(file))));
		assertThat(result.errors()).contains("< HTTP/" + version.number + " 100");
	}

	@Test
	void uploadThatTheBackendDoesNotWantIsNotSent() throws IOException {
		Path file = Files.write(folder.resolve("large"), random(LARGE));
		Curl.Result result = run(Version.HTTP_1_1, "--header", "expect: 100-continue", "--expect100-timeout", "50",
				"--write-out", "%{response_code} %{size_upload}", "--upload-file", file.toString(),
				url(Version.HTTP_1_1, "/unwanted"));
		assertThat(result.output()).isEqualTo("413 0");
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_2", "HTTPS_2" })
	void uploadByHttp2ThatTheBackendDoesNotWantIsCutShort(Version version) throws IOException {
		Path file = Files.write(folder.resolve("large"), random(LARGE));
		Curl.Result result = run(version, "--write-out", "%{response_code} %{size_upload}", "--upload-file",
				file.toString(), url(version, "/unwanted"));
		assertThat(result.output()).startsWith("413 ");
		assertThat(Integer.parseInt(result.output().substring(4))).isLessThan(LARGE);
	}

	@Test
	void manyTransfersShareOneConnection() {
		List<String> arguments = new ArrayList<>(List.of("--parallel", "--parallel-max", "30", "--write-out",
				"%{response_code} %{size_download} %{num_connects}\\n"));
		for (int i = 0; i < 60; i++) {
			arguments.addAll(List.of("--output", "/dev/null", url(Version.HTTPS_2, "/content")));
		}
		List<String> lines = run(Version.HTTPS_2, arguments.toArray(String[]::new)).output().lines().toList();
		assertThat(lines).hasSize(60).allMatch((line) -> line.startsWith("200 " + CONTENT.length + " "));
		assertThat(lines).filteredOn((line) -> line.endsWith(" 1")).hasSize(1);
	}

	private static Curl.Result run(Version version, String... arguments) {
		List<String> all = new ArrayList<>(
				List.of(version.option, "--cacert", folder.resolve("authority.crt").toString()));
		all.addAll(List.of(arguments));
		Curl.Result result = curl.run(all.toArray(String[]::new));
		assertThat(result.exit()).as(result.errors()).isZero();
		return result;
	}

	private static String url(Version version, String path) {
		return version.name().startsWith("HTTPS_")
				? "https://127.0.0.1:%d/orders%s".formatted(secure.server.port(), path)
				: "http://127.0.0.1:%d/orders%s".formatted(gateway.server.port(), path);
	}

	private static void serve(HttpServerRequest request) {
		switch (request.path()) {
			case "/content" -> content(request);
			case "/compressed" -> compressed(request);
			case "/upload" -> upload(request);
			default -> request.response().setStatusCode(413).end();
		}
	}

	private static void content(HttpServerRequest request) {
		String range = request.getHeader("range");
		if (request.method().name().equals("HEAD")) {
			request.response().putHeader("content-length", Integer.toString(CONTENT.length)).end();
			return;
		}
		if (range == null) {
			request.response().putHeader("content-type", "image/x-noise").end(Buffer.buffer(CONTENT));
			return;
		}
		String[] ends = range.substring("bytes=".length()).split("-", 2);
		int from = Integer.parseInt(ends[0]);
		int to = Integer.parseInt(ends[1]);
		request.response()
			.setStatusCode(206)
			.putHeader("content-range", "bytes %d-%d/%d".formatted(from, to, CONTENT.length))
			.end(Buffer.buffer(CONTENT).slice(from, to + 1));
	}

	private static void compressed(HttpServerRequest request) {
		String accepted = request.getHeader("accept-encoding");
		if (accepted == null || !accepted.contains("gzip")) {
			request.response().end(TEXT);
		}
		else {
			request.response().putHeader("content-encoding", "gzip").end(Buffer.buffer(compressed()));
		}
	}

	private static void upload(HttpServerRequest request) {
		CRC32 sum = new CRC32();
		long[] length = new long[1];
		request.handler((part) -> {
			sum.update(part.getBytes());
			length[0] += part.length();
		});
		request.endHandler((end) -> request.response().end(length[0] + " " + sum.getValue()));
		if ("100-continue".equals(request.getHeader("expect"))) {
			request.response().writeContinue();
		}
	}

	private static byte[] compressed() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(TEXT.getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return bytes.toByteArray();
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	private static long checksum(byte[] bytes) {
		CRC32 sum = new CRC32();
		sum.update(bytes);
		return sum.getValue();
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/**
	 * A protocol, and how curl is told to use it.
	 */
	enum Version {

		HTTP_1_0("--http1.0", "1.0"),

		HTTP_1_1("--http1.1", "1.1"),

		HTTP_2("--http2-prior-knowledge", "2"),

		HTTPS_1_1("--http1.1", "1.1"),

		HTTPS_2("--http2", "2");

		private final String option;

		private final String number;

		Version(String option, String number) {
			this.option = option;
			this.number = number;
		}

	}

}
