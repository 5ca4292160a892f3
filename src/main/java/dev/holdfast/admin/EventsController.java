package dev.holdfast.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What happens to the registry, as a stream of server-sent events, and the state that
 * they change. Each stream has a virtual thread of its own and none of the server's.
 */
@RestController
@RequestMapping("/registry")
class EventsController {

	private static final Logger logger = LoggerFactory.getLogger(EventsController.class);

	/** How long one write may take where a lot happens. */
	private static final Duration WRITE_TIME = Duration.ofNanos(500_000);

	private final EventFeed feed;

	private final EventRing ring;

	private final EventStreamSettings settings;

	private final GatewayIdentity identity;

	private final ObjectMapper mapper;

	private final AtomicInteger streams = new AtomicInteger();

	EventsController(EventFeed feed, EventStreamSettings settings, GatewayIdentity identity, ObjectMapper mapper) {
		this.feed = feed;
		this.ring = feed.ring();
		this.settings = settings;
		this.identity = identity;
		this.mapper = mapper;
	}

	/**
	 * Its entity tag costs nothing: one event has one state. The body is made while it is
	 * written.
	 */
	@RequestMapping(path = "/state", method = RequestMethod.GET, produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<StateView> state() {
		this.feed.attend();
		RegistryState state = this.ring.state();
		Instant asOf = state.asOf();
		return ResponseEntity.ok().eTag("\"%d\"".formatted(state.eventId())).headers((headers) -> {
			if (asOf != null) {
				headers.set(EntityTags.AS_OF, asOf.toString());
			}
		}).body(StateView.of(state, this.identity));
	}

	/**
	 * Opens a stream. What a browser sends by itself when it connects again comes before
	 * what stands in the URL, which is as old as the page.
	 */
	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	void events(@RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
			@RequestParam(name = "lastEventId", required = false) @Nullable String parameter,
			HttpServletRequest request, HttpServletResponse response) {
		boolean headersAlone = request.getMethod().equals("HEAD");
		if (!headersAlone) {
			admit();
		}
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setCharacterEncoding("UTF-8");
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		// nginx would collect what is to be seen at once.
		response.setHeader("X-Accel-Buffering", "no");
		if (headersAlone) {
			return;
		}
		String from = (lastEventId != null) ? lastEventId : parameter;
		try {
			AsyncContext async = request.startAsync();
			async.setTimeout(0);
			async.addListener(new EndOfStream());
			Thread.ofVirtual().name("event-stream").start(() -> serve(async, from));
		}
		catch (RuntimeException | Error ex) {
			this.streams.decrementAndGet();
			throw ex;
		}
	}

	private void admit() {
		if (this.streams.incrementAndGet() > this.settings.maxStreams()) {
			this.streams.decrementAndGet();
			ProblemException problem = new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "too-many-event-streams",
					"%d clients follow the events already (holdfast.admin.max-event-streams)"
						.formatted(this.settings.maxStreams()));
			problem.getHeaders().set(HttpHeaders.RETRY_AFTER, "30");
			throw problem;
		}
	}

	private void serve(AsyncContext async, @Nullable String from) {
		this.feed.enter();
		try {
			ByteArrayOutputStream opening = new ByteArrayOutputStream();
			long last = open(from, opening);
			new EventStream(this.ring, this.settings.heartbeat(), async.getResponse().getOutputStream(), last, turn())
				.run(opening.toByteArray());
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("A client of the events has gone or reads too slowly: {}", ex.toString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.feed.leave();
			this.streams.decrementAndGet();
			complete(async);
		}
	}

	/**
	 * Spreads the writes of many streams over the time between two frames; a few need not
	 * wait.
	 */
	private EventStream.Turn turn() {
		double place = ThreadLocalRandom.current().nextDouble();
		return () -> {
			long most = Math.min(EventFeed.INTERVAL.toNanos(), (this.streams.get() - 1) * WRITE_TIME.toNanos());
			this.ring.await(Duration.ofNanos((long) (place * most)));
		};
	}

	private static void complete(AsyncContext async) {
		try {
			async.complete();
		}
		catch (IllegalStateException ex) {
			// Where writing failed, the server may have ended the request by itself.
			logger.debug("A stream had ended already: {}", ex.toString());
		}
	}

	/**
	 * Writes who answers, and that the client has to start anew where it has to.
	 * @return the id of the event behind which the stream begins
	 */
	private long open(@Nullable String from, ByteArrayOutputStream opening) {
		long newest = this.ring.state().eventId();
		Long known = (from != null) ? known(from) : Long.valueOf(newest);
		long last = (known != null) ? known : newest;
		opening.writeBytes(EventFrame.event(this.mapper, last, "gateway", this.identity));
		if (known == null) {
			opening.writeBytes(EventFrame.event(this.mapper, last, "reset",
					new EventFeed.Reset("what came behind the last event id is not kept any more")));
		}
		return last;
	}

	private @Nullable Long known(String id) {
		try {
			long number = Long.parseLong(id.strip());
			return this.ring.reachesBackTo(number) ? number : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/** Who has gone needs no page that says so, nor is that a trouble of the gateway. */
	private static final class EndOfStream implements AsyncListener {

		@Override
		public void onError(AsyncEvent event) {
			complete(event.getAsyncContext());
		}

		@Override
		public void onComplete(AsyncEvent event) {
			// The stream's own thread has ended it.
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			// A stream has none.
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			// It is started once.
		}

	}

}
