package dev.holdfast.configuration;

import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops a part of the gateway with the application.
 */
final class StartStop implements SmartLifecycle {

	private final int phase;

	private final Runnable start;

	private final Runnable stop;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param phase lower ones start earlier and stop later
	 * @param start opens the part and returns when it is open
	 * @param stop closes it and returns when it is closed
	 */
	StartStop(int phase, Runnable start, Runnable stop) {
		this.phase = phase;
		this.start = start;
		this.stop = stop;
	}

	@Override
	public void start() {
		this.start.run();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.stop.run();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
