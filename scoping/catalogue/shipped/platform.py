"""Implementations, integrations and health checks (domain.md §6.3, §6.5, §6.6 E and F)."""

from __future__ import annotations

from scoping.catalogue.shipped.writing import (
    CATALOGUE_2022,
    IMPLEMENTATION_PAGE,
    READINESS_PAGE,
    Service,
    Work,
    engineer,
)

IMPLEMENTATION = Service(
    "implementation",
    "Implementation",
    "implementation",
    "We design and install the platform to a reference architecture and hand it over to the people"
    " who will run it.",
    "implementation",
    ["scm", "ci_cd"],
    [
        Work(
            "implementation_design_remote",
            "Architecture design",
            "We choose the reference architecture for the number of users and write the design.",
            "A design with sizes, network and backup.",
            engineer(16, "", architect=8),
        ),
        Work(
            "implementation_single_remote",
            "Installation on a single server",
            "We install on one large server, with backup and monitoring.",
            "A working platform, with its set-up written down.",
            engineer(32),
            "Servers and network are ready; our scripts may be used.",
        ),
        Work(
            "implementation_ha_remote",
            "Installation with high availability",
            "We install over several servers, so that one may fail.",
            "A working platform, a failure played through, its set-up written down.",
            engineer(80, "", architect=8),
            "A Premium or Ultimate subscription; servers and network are ready.",
        ),
        Work(
            "implementation_geo_ha_remote",
            "Geo secondary with high availability",
            "We build a second site that is itself highly available.",
            "A second site, a switch-over played through.",
            engineer(180),
            source=f"{IMPLEMENTATION_PAGE}: 20 to 25 days more",
            basis="public",
        ),
        Work(
            "implementation_identity_remote",
            "Sign-in and groups",
            "We connect the identity provider and map groups.",
            "Sign-in and groups, with their set-up written down.",
            engineer(8),
        ),
        Work(
            "implementation_own_tools_remote",
            "Customer's own tools for infrastructure",
            "We build with the customer's tools instead of our scripts.",
            "The set-up as code in the customer's tool.",
            engineer(40),
            "Somebody who knows that tool works with us.",
        ),
        Work(
            "implementation_air_gap_remote",
            "Without a way to the internet",
            "We bring images and packages in and show how updates are brought in later.",
            "A working way in for updates.",
            engineer(24),
        ),
        Work(
            "implementation_handover_remote",
            "Handover to operations",
            "We show those who will run the platform how to update, back up and restore it.",
            "A run book, a restore played through.",
            engineer(12),
        ),
    ],
    source=IMPLEMENTATION_PAGE,
)
INTEGRATION = Service(
    "integration",
    "Integrations",
    "integration",
    "We connect the platform with a tool the teams use and show how it is run.",
    "integration",
    ["scm", "ci_cd"],
    [
        Work(
            f"integration_{key}_remote",
            f"Integration with {name}",
            f"We connect {name}, try it with one project and write down how it is set up.",
            f"A working connection with {name}, written down.",
            engineer(8),
            "An administrator of the other tool takes part.",
            source=f"{CATALOGUE_2022}: $2,400, a day at $300 an hour",
            basis="public",
        )
        for key, name in (("jira", "Jira"), ("jenkins", "Jenkins"), ("ldap", "LDAP"))
    ]
    + [
        Work(
            "integration_other_remote",
            "Integration with another tool",
            "We connect a further tool by its interface.",
            "A working connection, written down.",
            engineer(24),
        )
    ],
)
HEALTH_CHECK = Service(
    "health_check",
    "Health check",
    "advisory",
    "We look at how the platform is built and run, and say what to change for what lies ahead.",
    "health_check",
    ["scm"],
    [
        Work(
            "health_check_review_remote",
            "Review of architecture and monitoring",
            "We read configuration, monitoring and known problems with the people who run it.",
            "Findings, most important first.",
            engineer(24, "", architect=4),
            "Monitoring of the last weeks can be read.",
            "Mending present faults, and carrying out what we recommend.",
        ),
        Work(
            "health_check_load_remote",
            "Load test",
            "We put load on a similar test environment, or on the platform in quiet hours.",
            "Figures beside those of the reference architecture.",
            engineer(16),
            "A similar test environment.",
        ),
        Work(
            "health_check_report_remote",
            "Report and recommendations",
            "We write and present what we found and what we would do.",
            "A report, presented.",
            engineer(12),
        ),
    ],
    source=READINESS_PAGE,
)
PLATFORM = [IMPLEMENTATION, INTEGRATION, HEALTH_CHECK]
