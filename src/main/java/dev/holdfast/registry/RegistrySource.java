package dev.holdfast.registry;

import java.util.List;
import java.util.function.Consumer;

/**
 * Where registrations come from.
 */
public interface RegistrySource {

	/**
	 * Makes a connection to one member of the registry's cluster, the next one at each
	 * call. Returns at once; a member that cannot be reached shows in the first answer.
	 * @param sink takes what the connection has to say, on any thread; it only enqueues
	 * @return the connection
	 */
	RegistryConnection connect(Consumer<Signal> sink);

	/**
	 * Tells what is known of the members.
	 * @return the members, at least one
	 */
	List<MemberState> members();

}
