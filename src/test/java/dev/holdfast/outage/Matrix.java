package dev.holdfast.outage;

import java.util.List;

/**
 * All rows, by their stages.
 */
final class Matrix {

	static final Act<OneMember> ONE_MEMBER = new Act<>("etcd, the network before it, and the gateway itself",
			OneMember::new, OneMemberRows.ALL);

	static final Act<ScriptedReplies> SCRIPTED_REPLIES = new Act<>("Replies that end a watch or silence it",
			ScriptedReplies::new, ScriptedReplyRows.ALL);

	static final List<Act<?>> ACTS = List.of(ONE_MEMBER, SCRIPTED_REPLIES);

	private Matrix() {
	}

}
