package dev.holdfast.shipping;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.jar.JarFile;

import dev.holdfast.Launcher;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the jar starts with, which says that a Java is too old: it can only do so on one
 * that reads it.
 */
class LauncherIT {

	private static final int JAVA_17 = 61;

	@Test
	void jarStartsWithClassThatJava17Reads() throws IOException {
		try (JarFile jar = new JarFile(Path.of(System.getProperty("holdfast.jar", "target/holdfast.jar")).toFile())) {
			String start = jar.getManifest().getMainAttributes().getValue("Start-Class");
			assertThat(start).isEqualTo(Launcher.class.getName());
			assertThat(version(jar, "BOOT-INF/classes/" + start.replace('.', '/'))).isEqualTo(JAVA_17);
			assertThat(version(jar, "org/springframework/boot/loader/launch/JarLauncher")).isLessThanOrEqualTo(JAVA_17);
		}
	}

	private static int version(JarFile jar, String type) throws IOException {
		try (InputStream content = jar.getInputStream(jar.getJarEntry(type + ".class"));
				DataInputStream data = new DataInputStream(content)) {
			data.readInt();
			data.readUnsignedShort();
			return data.readUnsignedShort();
		}
	}

}
