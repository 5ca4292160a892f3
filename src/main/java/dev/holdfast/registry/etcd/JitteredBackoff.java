package dev.holdfast.registry.etcd;

import java.time.Duration;

import dev.holdfast.registry.Backoff;
import org.springframework.retry.backoff.BackOffContext;
import org.springframework.retry.backoff.ExponentialRandomBackOffPolicy;

/**
 * The reconnect loop's waits: spring-retry's exponential random policy, from 1 s to 5 s.
 * The cap is lower than what is usual so that etcd's return is seen within 15 s even when
 * an attempt was begun just before it.
 */
public final class JitteredBackoff implements Backoff {

	private static final Duration INITIAL = Duration.ofSeconds(1);

	private static final Duration MAX = Duration.ofSeconds(5);

	private final ExponentialRandomBackOffPolicy policy = new ExponentialRandomBackOffPolicy();

	private BackOffContext context;

	private long millis;

	/**
	 * Creates the backoff at its shortest wait.
	 */
	public JitteredBackoff() {
		this.policy.setInitialInterval(INITIAL.toMillis());
		this.policy.setMaxInterval(MAX.toMillis());
		this.policy.setMultiplier(1.6);
		// The reflector itself waits, on its mailbox, so that it can be woken.
		this.policy.setSleeper((interval) -> this.millis = interval);
		this.context = this.policy.start(null);
	}

	@Override
	public Duration next() {
		this.policy.backOff(this.context);
		return Duration.ofMillis(this.millis);
	}

	@Override
	public void reset() {
		this.context = this.policy.start(null);
	}

}
