package dev.holdfast.route.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

import dev.holdfast.route.document.RouteParser;
import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;

/**
 * The documents of routes as they are kept across restarts.
 *
 * @param revision up to which revision every change in etcd is known
 * @param documents the documents
 */
record SavedRoutes(Revision revision, List<SavedDocument> documents) {

	/**
	 * Copies the documents.
	 */
	SavedRoutes {
		documents = List.copyOf(documents);
	}

	static SavedRoutes of(Revision revision, SortedMap<DocumentPlace, DocumentEntry> documents) {
		List<SavedDocument> saved = new ArrayList<>(documents.size());
		documents.forEach((place, entry) -> saved.add(SavedDocument.of(place, entry)));
		return new SavedRoutes(revision, saved);
	}

	/**
	 * Reads the documents again, by the rules of now.
	 */
	Map<DocumentPlace, DocumentEntry> restore(RouteParser parser) {
		Map<DocumentPlace, DocumentEntry> restored = LinkedHashMap.newLinkedHashMap(this.documents.size());
		this.documents.forEach((saved) -> restored.put(saved.place(), saved.restore(parser)));
		return restored;
	}

	/**
	 * A document.
	 *
	 * @param place where it was
	 * @param text what was written there, {@code null} when it was no text
	 * @param modRevision etcd's revision at which it was written
	 * @param lease the lease that it hangs on
	 * @param forms the parts whose last good form is not in the text
	 * @param hold why its routes stay although it is gone, {@code null} while it is there
	 */
	record SavedDocument(DocumentPlace place, @Nullable String text, long modRevision, long lease,
			List<SavedForm> forms, @Nullable DocumentHold hold) {

		static SavedDocument of(DocumentPlace place, DocumentEntry entry) {
			// Thousands of routes may come from one text.
			Map<String, List<String>> spoilt = entry.forms()
				.stream()
				.filter((form) -> form.spoilt() != null)
				.collect(Collectors.groupingBy(DocumentEntry.Form::text, LinkedHashMap::new,
						Collectors.mapping((form) -> form.parsed().name(), Collectors.toList())));
			List<SavedForm> forms = spoilt.entrySet()
				.stream()
				.map((text) -> new SavedForm(text.getValue(), text.getKey()))
				.toList();
			return new SavedDocument(place, (entry.content() instanceof Content.Text(String text)) ? text : null,
					entry.modRevision(), entry.lease(), forms, entry.hold());
		}

		DocumentEntry restore(RouteParser parser) {
			Content content = (this.text != null) ? new Content.Text(this.text)
					: new Content.Unreadable("it could not be read when it was saved");
			List<DocumentEntry.Form> before = this.forms.stream()
				.flatMap((form) -> form.restore(parser).stream())
				.toList();
			DocumentEntry earlier = new DocumentEntry(content, 0, 0, before, List.of(), null);
			return DocumentEntry
				.read(earlier, new DocumentChange.Written(this.place.place(), content, this.modRevision, this.lease),
						parser)
				.withHold(this.hold);
		}

	}

	/**
	 * The last good forms of parts.
	 *
	 * @param names the parts' names
	 * @param text the document that they were read from
	 */
	record SavedForm(List<String> names, String text) {

		/**
		 * Copies the names.
		 */
		SavedForm {
			names = List.copyOf(names);
		}

		List<DocumentEntry.Form> restore(RouteParser parser) {
			Set<String> wanted = Set.copyOf(this.names);
			DocumentChange.Written written = new DocumentChange.Written("", new Content.Text(this.text), 0, 0);
			return DocumentEntry.read(null, written, parser)
				.forms()
				.stream()
				.filter((form) -> wanted.contains(form.parsed().name()))
				.toList();
		}

	}

}
