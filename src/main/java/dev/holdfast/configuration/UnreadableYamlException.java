package dev.holdfast.configuration;

import java.io.IOException;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

import org.springframework.core.io.Resource;

/**
 * The start failed because a file is no YAML.
 */
final class UnreadableYamlException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String place;

	UnreadableYamlException(Resource resource, YAMLException cause) {
		super(reason(cause), cause);
		this.place = place(resource, cause);
	}

	private static String reason(YAMLException cause) {
		if (cause instanceof MarkedYAMLException marked) {
			String context = (marked.getContext() != null) ? marked.getContext() + ": " : "";
			return (context + marked.getProblem()).replace('\n', ' ');
		}
		return String.valueOf(cause.getMessage()).replace('\n', ' ');
	}

	private static String place(Resource resource, YAMLException cause) {
		String file;
		try {
			file = resource.getFile().getPath();
		}
		catch (IOException ex) {
			file = resource.getDescription();
		}
		Mark mark = (cause instanceof MarkedYAMLException marked) ? marked.getProblemMark() : null;
		return (mark != null) ? "%s, line %d, column %d".formatted(file, mark.getLine() + 1, mark.getColumn() + 1)
				: file;
	}

	/**
	 * The file, with line and column where they are known.
	 */
	String place() {
		return this.place;
	}

}
