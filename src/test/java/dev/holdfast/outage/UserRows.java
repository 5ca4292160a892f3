package dev.holdfast.outage;

import java.time.Duration;
import java.util.List;

/**
 * What can happen to the gateway's user in etcd, and to its token.
 */
final class UserRows {

	static final Duration TOKEN_TTL = Duration.ofSeconds(5);

	static final List<Outage<Users>> REFUSED = List.of(
			row("password changed")
				.fault((stage) -> stage.ask((auth) -> auth.userChangePassword(Users.USER, Users.bytes("other"))))
				.repair((stage) -> stage.ask((auth) -> auth.userChangePassword(Users.USER, Users.PASSWORD)))
				.stale("refuses the user.*invalid user ID or password"),
			row("role revoked").fault((stage) -> stage.ask((auth) -> auth.userRevokeRole(Users.USER, Users.ROLE)))
				.repair((stage) -> stage.ask((auth) -> auth.userGrantRole(Users.USER, Users.ROLE)))
				.stale("refuses the user.*permission denied"),
			row("user deleted").fault((stage) -> stage.ask((auth) -> auth.userDelete(Users.USER))).repair((stage) -> {
				stage.ask((auth) -> auth.userAdd(Users.USER, Users.PASSWORD));
				stage.ask((auth) -> auth.userGrantRole(Users.USER, Users.ROLE));
			}).stale("refuses the user.*invalid user ID or password"));

	static final List<Outage<Users>> SIMPLE_TOKENS = List
		.of(row("simple tokens end after 5 s").lasts(TOKEN_TTL.multipliedBy(3)));

	static final List<Outage<Users>> JWT = List.of(row("JWTs end after 5 s").lasts(TOKEN_TTL.multipliedBy(3)),
			row("JWT outdated by a change of roles")
				.fault((stage) -> stage.ask((auth) -> auth.roleAdd(Users.bytes("other"))))
				.repair((stage) -> stage.ask((auth) -> auth.roleDelete(Users.bytes("other"))))
				.briefly());

	private UserRows() {
	}

	private static Outage<Users> row(String name) {
		return Outage.of(name);
	}

}
