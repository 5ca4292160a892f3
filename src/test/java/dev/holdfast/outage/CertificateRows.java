package dev.holdfast.outage;

import java.util.List;

/**
 * What can be wrong with certificates, none of which asks for a restart.
 */
final class CertificateRows {

	static final List<Outage<Certificates>> ALL = List.of(
			row("etcd's certificate expired").fault(Certificates::expireServer)
				.repair(Certificates::renewServer)
				.stale("has expired"),
			row("etcd's certificate rotated").fault(Certificates::renewServer).briefly(),
			row("etcd's certificate for another name").fault((stage) -> stage.issueServer("127.0.0.2"))
				.repair(Certificates::renewServer)
				.stale("for another name"),
			row("the gateway's certificate expired, and is renewed in place").fault(Certificates::expireGateway)
				.repair(Certificates::renewGateway)
				.stale("refuses the gateway's certificate"),
			row("the gateway's certificate rotated").fault(Certificates::renewGateway).briefly());

	private CertificateRows() {
	}

	private static Outage<Certificates> row(String name) {
		return Outage.of(name);
	}

}
