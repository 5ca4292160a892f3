package dev.holdfast.admin;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * The description of this API (OpenAPI), as it was written when the gateway was built.
 */
@RestController
class OpenApiController {

	/** Beside the classes that it describes. */
	static final String FILE = "openapi.json";

	private final byte[] document;

	private final String tag;

	OpenApiController() {
		this.document = read(new ClassPathResource(FILE, OpenApiController.class));
		this.tag = "\"%s\"".formatted(DigestUtils.md5DigestAsHex(this.document));
	}

	private static byte[] read(Resource file) {
		try {
			return file.getContentAsByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@RequestMapping(path = "/registry/" + FILE, method = RequestMethod.GET, produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<byte[]> get() {
		return ResponseEntity.ok().eTag(this.tag).body(this.document);
	}

}
