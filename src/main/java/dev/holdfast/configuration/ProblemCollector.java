package dev.holdfast.configuration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.convert.ConversionException;

/**
 * Reads what is under {@code holdfast} to its end and refuses it with all that is wrong
 * at once; Boot by itself ends at the first value that it cannot read, and looks for
 * unknown keys only where all values are right.
 */
final class ProblemCollector extends AbstractBindHandler {

	private final ProblemDescriptions descriptions;

	private final NoUnboundElementsBindHandler unbound = new NoUnboundElementsBindHandler(BindHandler.DEFAULT,
			new UnboundElementsSourceFilter());

	private final List<ConfigurationProblem> problems = new ArrayList<>();

	ProblemCollector(BindHandler parent, ProblemDescriptions descriptions) {
		super(parent);
		this.descriptions = descriptions;
	}

	private static boolean isOurs(ConfigurationPropertyName name) {
		return ProblemDescriptions.ROOT.equals(name) || ProblemDescriptions.ROOT.isAncestorOf(name);
	}

	@Override
	public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
		if (isOurs(name)) {
			this.unbound.onStart(name, target, context);
		}
		return super.onStart(name, target, context);
	}

	@Override
	public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
		if (isOurs(name)) {
			this.unbound.onSuccess(name, target, context, result);
			ConfigurationProperty property = context.getConfigurationProperty();
			if (result instanceof Duration && property != null && property.getName().equals(name)) {
				this.descriptions.lackingUnit(property).ifPresent(this.problems::add);
			}
		}
		return super.onSuccess(name, target, context, result);
	}

	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (isOurs(name) && error instanceof ConversionException && property != null) {
			this.problems.add(this.descriptions.unreadable(property, target.getType().resolve(Object.class)));
			// As if nobody had set it, so that the others are looked at as well.
			return null;
		}
		// What a list ends with: an entry of which nothing could be read.
		if (isOurs(name) && !ProblemDescriptions.ROOT.equals(name)
				&& error instanceof UnboundConfigurationPropertiesException entry) {
			addUnknown(entry);
			return null;
		}
		if (error instanceof InvalidConfigurationException) {
			throw error;
		}
		return super.onFailure(name, target, context, error);
	}

	@Override
	public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			@Nullable Object result) throws Exception {
		if (!ProblemDescriptions.ROOT.equals(name) || context.getDepth() != 0) {
			super.onFinish(name, target, context, result);
			return;
		}
		try {
			super.onFinish(name, target, context, result);
		}
		catch (BindValidationException ex) {
			this.problems.addAll(this.descriptions.invalid(ex));
		}
		catch (UnboundConfigurationPropertiesException ex) {
			// Found again below, where it is also looked for when a value is wrong.
		}
		collectUnknown(name, target, context, result);
		this.problems.addAll(this.descriptions.ofCircuitBreakers(context.getSources()));
		if (!this.problems.isEmpty()) {
			throw new InvalidConfigurationException(this.problems);
		}
	}

	private void collectUnknown(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			@Nullable Object result) throws Exception {
		try {
			this.unbound.onFinish(name, target, context, result);
		}
		catch (UnboundConfigurationPropertiesException ex) {
			addUnknown(ex);
		}
	}

	/** What is known to be wrong was not read either. */
	private void addUnknown(UnboundConfigurationPropertiesException unknown) {
		List<String> told = this.problems.stream().map(ConfigurationProblem::key).toList();
		unknown.getUnboundProperties()
			.stream()
			.filter((property) -> !told.contains(property.getName().toString()))
			.map(this.descriptions::unknown)
			.forEach(this.problems::add);
	}

}
