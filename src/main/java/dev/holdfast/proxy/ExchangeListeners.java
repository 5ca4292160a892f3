package dev.holdfast.proxy;

import java.util.List;

import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;

/**
 * Several listeners, each of which hears of everything.
 */
public final class ExchangeListeners implements ExchangeListener {

	private final ExchangeListener[] listeners;

	private ExchangeListeners(List<ExchangeListener> listeners) {
		this.listeners = listeners.toArray(ExchangeListener[]::new);
	}

	/**
	 * Make one listener of some.
	 * @param listeners the listeners
	 * @return a listener, that one itself where there is no other
	 */
	public static ExchangeListener of(List<ExchangeListener> listeners) {
		return (listeners.size() == 1) ? listeners.getFirst() : new ExchangeListeners(listeners);
	}

	@Override
	public void onStart() {
		for (ExchangeListener listener : this.listeners) {
			listener.onStart();
		}
	}

	@Override
	public void onEnd(ExchangeRecord record) {
		for (ExchangeListener listener : this.listeners) {
			listener.onEnd(record);
		}
	}

	@Override
	public void onTry(ServiceName service, Outcome outcome, long nanos) {
		for (ExchangeListener listener : this.listeners) {
			listener.onTry(service, outcome, nanos);
		}
	}

	@Override
	public void onConnectFailure(ServiceName service, String reason) {
		for (ExchangeListener listener : this.listeners) {
			listener.onConnectFailure(service, reason);
		}
	}

	@Override
	public void onRetry(ServiceName service) {
		for (ExchangeListener listener : this.listeners) {
			listener.onRetry(service);
		}
	}

	@Override
	public void onRetryRefused(ServiceName service) {
		for (ExchangeListener listener : this.listeners) {
			listener.onRetryRefused(service);
		}
	}

	@Override
	public void onTurnedAway(String address, String reason, GatewayError error) {
		for (ExchangeListener listener : this.listeners) {
			listener.onTurnedAway(address, reason, error);
		}
	}

	@Override
	public void onRejected(String reason) {
		for (ExchangeListener listener : this.listeners) {
			listener.onRejected(reason);
		}
	}

}
