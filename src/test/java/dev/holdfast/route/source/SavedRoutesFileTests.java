package dev.holdfast.route.source;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.service.Revision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SavedRoutesFileTests {

	@TempDir
	Path data;

	@Test
	void whatIsSavedIsLoadedAgain() {
		SavedRoutes saved = new SavedRoutes(new Revision(-7, 12),
				List.of(new SavedRoutes.SavedDocument(new DocumentPlace(Source.FOLDER, "/routes/caf\u00e9.yml"), null,
						0, 0, List.of(new SavedRoutes.SavedForm(List.of("one", "two"), RouteWorld.route("one"))), null),
						new SavedRoutes.SavedDocument(new DocumentPlace(Source.ETCD, "/holdfast/routes/a"),
								RouteWorld.route("a"), 5, 77, List.of(),
								new DocumentHold("it is gone", Instant.EPOCH, Duration.ofMillis(1_234)))));
		Path path = this.data.resolve("below/routes.json");
		SavedRoutesFile file = new SavedRoutesFile(path, InstantSource.system());
		file.save(saved);
		file.close();
		assertThat(new SavedRoutesFile(path, InstantSource.system()).load().orElseThrow().routes()).isEqualTo(saved);
	}

}
