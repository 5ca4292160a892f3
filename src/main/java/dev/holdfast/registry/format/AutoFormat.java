package dev.holdfast.registry.format;

import java.util.List;

import dev.holdfast.service.ParsedRecord;

/**
 * Whichever format recognises the record first.
 */
final class AutoFormat implements RecordFormat {

	private final List<RecordFormat> formats;

	AutoFormat(List<RecordFormat> formats) {
		this.formats = formats;
	}

	@Override
	public String name() {
		return "auto";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return this.formats.stream().anyMatch((format) -> format.recognises(entry));
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return this.formats.stream().anyMatch((format) -> format.isBeside(entry));
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		for (RecordFormat format : this.formats) {
			if (format.recognises(entry)) {
				return format.read(entry);
			}
		}
		throw UnreadableRecordException.unexpected("value", entry.text(),
				"one of the formats " + String.join(", ", this.formats.stream().map(RecordFormat::name).toList()));
	}

}
