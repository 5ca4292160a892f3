package dev.holdfast.outage;

import java.nio.file.Path;
import java.util.List;

import dev.holdfast.testing.EtcdOptions;

/**
 * All rows, by their stages.
 */
final class Matrix {

	static final Act<OneMember> ONE_MEMBER = new Act<>("One etcd, the network before it, the gateway itself",
			OneMember::new, OneMemberRows.ALL);

	static final Act<ThreeMembers> THREE_MEMBERS = new Act<>("A cluster of three", ThreeMembers::new,
			ThreeMemberRows.ALL);

	static final Act<Discovery> DISCOVERY = new Act<>("A member at a new address", Discovery::new, Discovery.ROWS);

	static final Act<Names> NAMES = new Act<>("DNS", Names::new, NameRows.ALL);

	static final Act<ScriptedReplies> SCRIPTED_REPLIES = new Act<>("Replies that end a watch or silence it",
			ScriptedReplies::new, ScriptedReplyRows.ALL);

	static final Act<Leases> LEASES = new Act<>("Leases that end while etcd is away", Leases::new, Leases.ROWS);

	static final Act<Starts> STARTS = new Act<>("The gateway starts while etcd is away", Starts::new, StartRows.ALL);

	static final Act<Users> USERS = new Act<>("The gateway's user", (closer) -> new Users(EtcdOptions.NONE, closer),
			UserRows.REFUSED);

	static final Act<Users> SIMPLE_TOKENS = new Act<>("Simple tokens",
			(closer) -> new Users(EtcdOptions.NONE.withSimpleTokens(UserRows.TOKEN_TTL), closer),
			UserRows.SIMPLE_TOKENS);

	static final Act<Users> JWT = new Act<>("JWTs",
			(closer) -> new Users(EtcdOptions.NONE.withJwt(Path.of("target"), UserRows.TOKEN_TTL), closer),
			UserRows.JWT);

	static final Act<Certificates> CERTIFICATES = new Act<>("Certificates", Certificates::new, CertificateRows.ALL);

	static final Act<Crowd> CROWD = new Act<>("Size", Crowd::new, Crowd.ROWS);

	static final List<Act<?>> ACTS = List.of(ONE_MEMBER, THREE_MEMBERS, DISCOVERY, NAMES, SCRIPTED_REPLIES, LEASES,
			STARTS, USERS, SIMPLE_TOKENS, JWT, CERTIFICATES, CROWD);

	private Matrix() {
	}

}
