package dev.holdfast.route.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

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
	 */
	record SavedDocument(DocumentPlace place, @Nullable String text, long modRevision, long lease,
			List<SavedForm> forms) {

		static SavedDocument of(DocumentPlace place, DocumentEntry entry) {
			List<SavedForm> spoilt = entry.forms()
				.stream()
				.filter((form) -> form.spoilt() != null)
				.map((form) -> new SavedForm(form.parsed().name(), form.text()))
				.toList();
			return new SavedDocument(place, (entry.content() instanceof Content.Text(String text)) ? text : null,
					entry.modRevision(), entry.lease(), spoilt);
		}

		DocumentEntry restore(RouteParser parser) {
			Content content = (this.text != null) ? new Content.Text(this.text)
					: new Content.Unreadable("it could not be read when it was saved");
			List<DocumentEntry.Form> before = this.forms.stream()
				.flatMap((form) -> form.restore(parser).stream())
				.toList();
			DocumentEntry earlier = new DocumentEntry(content, 0, 0, before, List.of(), null);
			return DocumentEntry.read(earlier,
					new DocumentChange.Written(this.place.place(), content, this.modRevision, this.lease), parser);
		}

	}

	/**
	 * The last good form of a part.
	 *
	 * @param name the part's name
	 * @param text the document that it was read from
	 */
	record SavedForm(String name, String text) {

		List<DocumentEntry.Form> restore(RouteParser parser) {
			DocumentChange.Written written = new DocumentChange.Written("", new Content.Text(this.text), 0, 0);
			return DocumentEntry.read(null, written, parser)
				.forms()
				.stream()
				.filter((form) -> form.parsed().name().equals(this.name))
				.toList();
		}

	}

}
