package dev.holdfast.registry.format;

import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;

/**
 * Hertz: {@code hertz/registry-etcd/<service>/<address>} holds what Kitex writes, and
 * HTTP is spoken at the address (hertz-contrib/registry, etcd/option.go and
 * etcd/resolver.go).
 */
final class HertzFormat implements RecordFormat {

	@Override
	public String name() {
		return "hertz";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return entry.isIn("hertz/registry-etcd") && entry.hasMember("address");
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		return KitexFormat.read(this, entry, entry.defaultScheme().isSecure() ? Scheme.HTTPS : Scheme.HTTP);
	}

}
