"""Migrations: source code into GitLab, self-managed to SaaS, Azure DevOps, Subversion.

Rules behind the hours: domain.md §6.3 and §6.4. Ids of the SaaS activities are the public ones.
"""

from __future__ import annotations

from scoping.catalogue.shipped.writing import MIGRATION_PAGE, SAAS_PAGE, Service, Work, engineer

SCM = Service(
    "migration",
    "Source code migration",
    "migration",
    "We move repositories with their history, and what can be moved of issues and merge requests,"
    " and hand over a working set-up.",
    "migration",
    ["scm"],
    [
        Work(
            "migration_planning_remote",
            "Migration planning",
            "Together we agree what moves, in which waves, who checks each wave, and how people"
            " are told.",
            "A migration plan with waves, owners and dates.",
            engineer(12, "B6 * 2", architect=4),
            "One named owner for each portfolio.",
        ),
        Work(
            "migration_environment_remote",
            "Migration tooling",
            "We set up the migration tool with access to source and destination, and prove it with"
            " a small sample.",
            "A tool that moved a sample, with its report.",
            engineer(16),
            "Source and destination are within two minor versions of each other; an administrator"
            " is at hand.",
            "Upgrading the source.",
        ),
        Work(
            "migration_users_remote",
            "User migration",
            "We match authors and members at the destination, so that history keeps its names.",
            "A checked list of users, matched.",
            engineer(6, "A1b * 0.01"),
            "The identity provider works at the destination before anything moves.",
        ),
        Work(
            "migration_waves_remote",
            "Automated migration in waves",
            "We move the repositories wave by wave and check each against its source.",
            "A report for each wave: what moved, what did not and why.",
            engineer(8, "B7 * 0.06"),
            "Up to 200 repositories a wave into SaaS. Secrets and CI are not part of it.",
            "Secrets, CI functionality, reorganising groups on the way.",
            source="About $17,000 for each further 1,000 projects at $300 an hour: derived from "
            "the public price bands for SaaS.",
        ),
        Work(
            "migration_large_repositories_remote",
            "Large repositories by hand",
            "Repositories over 5 GB move by hand, each checked by itself.",
            "A report for each repository.",
            engineer(0, "B8 * 4"),
            "The size is that of the repository with its history. SaaS as destination.",
            source=f"{MIGRATION_PAGE}: two a day",
            basis="public",
        ),
        Work(
            "migration_manual_remote",
            "Manual migration of few repositories",
            "For few repositories we move each by hand, without setting up a tool.",
            "Moved repositories and their list.",
            engineer(4, "B7 * 1"),
            "Fewer than 30 repositories; otherwise compare with the automated way.",
        ),
        Work(
            "migration_ci_repointing_remote",
            "Pointing CI to the new place",
            "We change what fetches code, so that builds find it in its new place.",
            "A list of jobs changed and checked.",
            engineer(4, "B10 * 0.25"),
            exclusions="Rewriting pipelines.",
        ),
        Work(
            "migration_support_remote",
            "Support after the move",
            "For a week after the last wave we answer questions and mend what the move broke.",
            "A list of what was asked and mended.",
            engineer(8),
        ),
    ],
)
SAAS = Service(
    "saas",
    "Self-managed to SaaS",
    "migration",
    "We prepare a group on SaaS, sign-in and security included, for the move of the code.",
    "migration",
    ["scm"],
    [
        Work(
            "saas_discovery_remote",
            "SaaS discovery",
            "We learn how the platform is used today and what differs on SaaS.",
            "A list of differences with what to do about each.",
            engineer(8, "", architect=2),
            source=f"{MIGRATION_PAGE}: its id; hours as emdesk proposes them",
        ),
        Work(
            "saas_sso_configuration_remote",
            "SSO configuration",
            "We connect the group to the customer's identity provider and try it with a few users.",
            "Sign-in by SAML, with its set-up written down.",
            engineer(8),
            "The customer's administrator of the identity provider takes part.",
            source=f"{MIGRATION_PAGE}: its id; hours as emdesk proposes them",
        ),
        Work(
            "saas_security_configuration_remote",
            "Security configuration",
            "We set who may see, share and change what in the group, as agreed.",
            "Settings in place, and the list of them.",
            engineer(8),
            source=f"{MIGRATION_PAGE}: its id; hours as emdesk proposes them",
        ),
        Work(
            "saas_runner_setup_remote",
            "Runners",
            "We plan and set up the runners that builds need.",
            "Working runners, with their set-up written down.",
            engineer(12),
        ),
    ],
    source=SAAS_PAGE,
)
AZURE = Service(
    "azure_devops",
    "Migration from Azure DevOps",
    "migration",
    "We move repositories from Azure DevOps or Team Foundation Server and plan what becomes of"
    " boards, pipelines and artifacts.",
    "migration",
    ["scm", "ci_cd"],
    [
        Work(
            "azure_devops_assessment_remote",
            "Assessment",
            "We go through organisations, projects and what each uses, and say what moves how.",
            "An assessment with a way for each part.",
            engineer(16, "C2 * 8", architect=8),
        ),
        Work(
            "azure_devops_boards_remote",
            "Work items",
            "We map work items to issues and move those that shall move.",
            "A mapping, and the moved items.",
            engineer(24),
            exclusions="Test plans; changes of the process template.",
        ),
        Work(
            "azure_devops_pipelines_remote",
            "Pipelines",
            "We rewrite agreed pipelines and show the teams how to go on.",
            "Working pipelines, and a pattern for the rest.",
            engineer(32),
        ),
    ],
    source=MIGRATION_PAGE,
    maturity="viable",
)
SUBVERSION = Service(
    "subversion",
    "Conversion from Subversion",
    "migration",
    "We convert Subversion repositories to git, with as much history as was agreed.",
    "migration",
    ["scm"],
    [
        Work(
            "subversion_conversion_remote",
            "Conversion",
            "We convert each repository, map its authors and check the result.",
            "Converted repositories, each with its report.",
            engineer(16, "BS2 * 6"),
            "A machine near the server with disk for twice the largest repository.",
            "Splitting repositories further than agreed.",
        ),
    ],
    source=f"{MIGRATION_PAGE}: not automated, with more risk",
    maturity="minimal",
)
MIGRATIONS = [SCM, SAAS, AZURE, SUBVERSION]
