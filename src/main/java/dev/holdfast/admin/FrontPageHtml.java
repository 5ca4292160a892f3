package dev.holdfast.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.util.HtmlUtils;

/**
 * Writes the first page for browsers.
 */
final class FrontPageHtml extends AbstractHttpMessageConverter<FrontPage> {

	FrontPageHtml() {
		super(StandardCharsets.UTF_8, MediaType.TEXT_HTML);
	}

	@Override
	protected boolean supports(Class<?> type) {
		return type == FrontPage.class;
	}

	@Override
	public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
		return false;
	}

	@Override
	protected FrontPage readInternal(Class<? extends FrontPage> type, HttpInputMessage input) {
		throw new HttpMessageNotReadableException("a page is not read", input);
	}

	@Override
	protected void writeInternal(FrontPage page, HttpOutputMessage output) throws IOException {
		String links = page.links()
			.values()
			.stream()
			.map(HtmlUtils::htmlEscape)
			.map((path) -> "<li><a href=\"%s\">%1$s</a></li>".formatted(path))
			.collect(Collectors.joining("\n"));
		String html = """
				<!DOCTYPE html>
				<html lang="en">
				<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Holdfast</title></head>
				<body>
				<h1>Holdfast</h1>
				<p>%s</p>
				<ul>
				%s
				</ul>
				<p>Version %s, instance %s. This is the admin port; requests are served on the traffic port.</p>
				</body>
				</html>
				"""
			.formatted(HtmlUtils.htmlEscape(page.sentence()), links, HtmlUtils.htmlEscape(page.version()),
					HtmlUtils.htmlEscape(page.instanceId()));
		output.getBody().write(html.getBytes(StandardCharsets.UTF_8));
	}

}
