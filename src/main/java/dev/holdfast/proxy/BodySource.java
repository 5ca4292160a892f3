package dev.holdfast.proxy;

/**
 * Brings a body. Vert.x's own pause bounds the messages that it queues, however large or
 * small they are; a source that is paused hands it none.
 */
interface BodySource {

	/**
	 * Hands on nothing more, and keeps what comes, of which there may not be much.
	 */
	void pause();

	/**
	 * Hands on what was kept, and then what comes.
	 */
	void resume();

}
