package dev.holdfast.configuration;

import java.io.IOException;
import java.util.List;

import org.yaml.snakeyaml.error.YAMLException;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;

/**
 * Reads YAML as Boot does, but knows which file it was that could not be read.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class YamlLoader extends YamlPropertySourceLoader {

	@Override
	public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
		try {
			return super.load(name, resource);
		}
		catch (YAMLException ex) {
			throw new UnreadableYamlException(resource, ex);
		}
	}

}
