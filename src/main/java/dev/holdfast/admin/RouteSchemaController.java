package dev.holdfast.admin;

import dev.holdfast.route.document.RouteSchema;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The JSON schema of documents with routes.
 */
@RestController
class RouteSchemaController {

	static final String NAME = "schema";

	private final byte[] schema = RouteSchema.read();

	private final String tag = "\"%s\"".formatted(DigestUtils.md5DigestAsHex(this.schema));

	@GetMapping(path = "/registry/routes/" + NAME, produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<byte[]> get() {
		return ResponseEntity.ok().eTag(this.tag).body(this.schema);
	}

}
