package dev.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The conformance test of HTTP/2 by Moto Ishizawa, a Linux program that a Maven artifact
 * carries.
 */
public final class H2Spec {

	private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

	private static final int CASES = 145;

	private static final int TAR_BLOCK = 512;

	private static final int PATIENCE_SECONDS = 120;

	private final Path folder;

	private H2Spec(Path folder) {
		this.folder = folder;
	}

	/**
	 * Whether it can run on this machine.
	 * @return whether it can
	 */
	public static boolean isSupported() {
		return System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
	}

	/**
	 * Unpacks the program, unless it is there: nobody may write what another test runs.
	 * @param folder where it goes
	 * @return the program
	 */
	public static synchronized H2Spec unpack(Path folder) {
		if (Files.isExecutable(folder.resolve("h2spec"))) {
			return new H2Spec(folder);
		}
		try (InputStream resource = H2Spec.class.getResourceAsStream(ARCHIVE)) {
			if (resource == null) {
				throw new IllegalStateException("%s (expected: on the class path)".formatted(ARCHIVE));
			}
			Files.createDirectories(folder);
			Files.write(folder.resolve("h2spec"), onlyFile(new GZIPInputStream(resource)));
			if (!folder.resolve("h2spec").toFile().setExecutable(true)) {
				throw new IllegalStateException("%s (expected: a file system with programs)".formatted(folder));
			}
			return new H2Spec(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] onlyFile(InputStream tar) throws IOException {
		String header = new String(tar.readNBytes(TAR_BLOCK), StandardCharsets.ISO_8859_1);
		return tar.readNBytes(Integer.parseInt(header, 124, 135, 8));
	}

	/**
	 * Makes a test of each case, and one that all of them ran.
	 * @param cases what came of them
	 * @return the tests
	 */
	public static Stream<DynamicTest> tests(List<Case> cases) {
		return Stream.concat(
				Stream.of(DynamicTest.dynamicTest("all cases ran", () -> assertThat(cases).hasSize(CASES))),
				cases.stream()
					.map((one) -> DynamicTest.dynamicTest(one.id() + ": " + one.title(), () -> assertPassed(one))));
	}

	private static void assertPassed(Case one) {
		assertThat(one.complaint()).isEmpty();
		assertThat(one.skipped()).isFalse();
	}

	/**
	 * Runs all cases.
	 * @param port the server's port, on the loopback interface
	 * @param path the path that is asked for
	 * @param options options beside host, port and path
	 * @return what came of each case
	 */
	public List<Case> run(int port, String path, String... options) {
		Path report = this.folder.resolve("report-" + port + ".xml");
		Path log = this.folder.resolve("log-" + port + ".txt");
		List<String> command = new ArrayList<>(List.of(this.folder.resolve("h2spec").toString(), "-h", "127.0.0.1",
				"-p", Integer.toString(port), "-P", path, "-o", "10", "-j", report.toString()));
		command.addAll(List.of(options));
		try {
			Files.deleteIfExists(report);
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				throw new IllegalStateException("h2spec did not end within %d s".formatted(PATIENCE_SECONDS));
			}
			if (!Files.exists(report)) {
				throw new IllegalStateException("h2spec left no report: " + Files.readString(log));
			}
			return read(report);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for h2spec", ex);
		}
	}

	private static List<Case> read(Path report) throws IOException {
		try {
			NodeList suites = DocumentBuilderFactory.newInstance()
				.newDocumentBuilder()
				.parse(report.toFile())
				.getElementsByTagName("testsuite");
			List<Case> cases = new ArrayList<>();
			for (int i = 0; i < suites.getLength(); i++) {
				NodeList tests = ((Element) suites.item(i)).getElementsByTagName("testcase");
				for (int j = 0; j < tests.getLength(); j++) {
					cases.add(toCase((Element) tests.item(j), j + 1));
				}
			}
			return cases;
		}
		catch (ParserConfigurationException | SAXException ex) {
			throw new IOException("%s: %s (expected: a JUnit report)".formatted(report, ex.getMessage()), ex);
		}
	}

	private static Case toCase(Element test, int number) {
		String complaint = "";
		for (Node child = test.getFirstChild(); child != null; child = child.getNextSibling()) {
			if (child.getNodeName().equals("failure") || child.getNodeName().equals("error")) {
				complaint = child.getTextContent().strip();
			}
		}
		return new Case(test.getAttribute("package") + "/" + number, test.getAttribute("classname"),
				test.getElementsByTagName("skipped").getLength() > 0, complaint);
	}

	/**
	 * What came of a case.
	 *
	 * @param id section and number, as its command line takes them
	 * @param title what is done
	 * @param skipped whether it found nothing to try
	 * @param complaint what was expected and what happened, empty when that is the same
	 */
	public record Case(String id, String title, boolean skipped, String complaint) {
	}

}
