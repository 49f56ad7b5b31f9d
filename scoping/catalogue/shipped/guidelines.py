"""Rules of thumb that are public, and the price bands for moves to SaaS (domain.md §6.3, §6.4)."""

from __future__ import annotations

from scoping.catalogue.shipped.writing import (
    DEAL_DESK_PAGE,
    IMPLEMENTATION_PAGE,
    MIGRATION_PAGE,
    PIPELINE_PAGE,
    READINESS_PAGE,
    SAAS_PAGE,
)

PUBLIC, OURS = "public", "default"
# Service, key, title, text, where from, source.
GUIDELINES = [
    (
        "migration",
        "few_repositories",
        "Fewer than 30 repositories",
        "Compare moving by hand with the automated way, and take the cheaper.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "large_repositories",
        "Repositories over 5 GB",
        "They move by hand, two a day, and only to SaaS. Look at the size of the repository, not of"
        " the project.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "two_minor_versions",
        "Versions apart",
        "Source and destination are within two minor versions; else add upgrade services.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "wave_size",
        "Size of a wave",
        "GitHub Enterprise to self-managed: up to 7,000 and more were seen; to SaaS 200 to 300."
        " github.com to self-managed: up to 200 a day. Bitbucket Server to self-managed 1,000, to"
        " SaaS 200. Self-managed to Dedicated: up to 500.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "not_automated",
        "What has no automated way",
        "Bitbucket Cloud: advice only. Other git: the bare repository, nothing around it. Subversion,"
        " ClearCase, CVS and TFVC: not automated, add risk, consider a partner.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "reorganising",
        "Reorganising on the way",
        "Possible from GitHub Enterprise and Bitbucket with a mapping, for more effort. From GitLab"
        " to GitLab strongly discouraged: advise on it before or after.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "not_included",
        "What a move leaves out",
        "Secrets, and moving CI functionality.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "migration",
        "bad_fit",
        "A bad fit",
        "1,600 users and more than 20,000 projects came to more than 150 days and $400,000.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "saas",
        "saas_additions",
        "SaaS as destination",
        "Normally add SaaS discovery, SSO configuration and security configuration.",
        PUBLIC,
        MIGRATION_PAGE,
    ),
    (
        "saas",
        "large_repository_price",
        "Large repositories and the price band",
        "Add $12,000 for every ten repositories over 5 GB, the tens rounded up. Beyond 10,000"
        " projects or 3,000 users an engagement manager makes the estimate.",
        PUBLIC,
        f"{SAAS_PAGE}; the rounding is emdesk's",
    ),
    (
        "implementation",
        "geo_ha",
        "Geo secondary with high availability",
        "20 to 25 days more; the usual secondary is a single large node.",
        PUBLIC,
        IMPLEMENTATION_PAGE,
    ),
    (
        "implementation",
        "where_it_runs",
        "Where it runs",
        "AWS is simpler than an own data centre. Kubernetes takes about as long as virtual machines"
        " of the same size. Other clouds may cost more.",
        PUBLIC,
        IMPLEMENTATION_PAGE,
    ),
    (
        "implementation",
        "admin_training",
        "Training for administrators",
        "Basic and advanced training normally belong to an implementation, not on Kubernetes.",
        PUBLIC,
        IMPLEMENTATION_PAGE,
    ),
    (
        "health_check",
        "within_implementation",
        "Beside a new implementation",
        "A readiness assessment is slightly cheaper within one.",
        PUBLIC,
        READINESS_PAGE,
    ),
    (
        "health_check",
        "no_repairs",
        "Not for present faults",
        "Support mends those. What is recommended is carried out under a second SOW or a change"
        " order.",
        PUBLIC,
        READINESS_PAGE,
    ),
    (
        "ci_cd",
        "net_new",
        "Net new or flash cut",
        "New pipelines are recommended over moving all of them with their history.",
        PUBLIC,
        PIPELINE_PAGE,
    ),
    (
        None,
        "management_share",
        "Share of project management",
        "Eight of 48 hours of an expert block: a sixth of the whole, 20 percent on top of delivery.",
        PUBLIC,
        "Derived from the services catalogue of November 2022",
    ),
    (
        None,
        "contingency",
        "Contingency",
        "5 to 10 percent for well-known work, 15 to 20 for medium, 25 to 30 for a new kind.",
        OURS,
        "Generic guidance, not GitLab's",
    ),
    (
        None,
        "volume_price",
        "Longer dedicated engagements",
        "Six months are two times three less 5 percent, twelve are four times less 15. Cleared"
        " people cost a quarter more.",
        PUBLIC,
        "Derived from the services catalogue of November 2022",
    ),
    (
        None,
        "travel",
        "Travel",
        "Never part of the price of services: billed as it was spent, in arrears. Every custom SOW"
        " carries the clause.",
        PUBLIC,
        DEAL_DESK_PAGE,
    ),
    (
        None,
        "marketplace",
        "Sold through the AWS Marketplace",
        "The final price times 1.025, and only that is shown.",
        PUBLIC,
        "GitLab handbook, AWS Marketplace",
    ),
    (
        None,
        "discount",
        "Discount",
        "One percentage off the whole list price, with two decimals at most.",
        PUBLIC,
        DEAL_DESK_PAGE,
    ),
]
# Self-managed to SaaS: for up to so many users, low and high in thousands of dollars for up to
# 1,000, 2,000 … 10,000 projects.
BANDS = {
    500: "30-40 50-60 70-80 90-100 100-110 120-130 140-150 150-160 170-180 190-200",
    1_000: "35-45 55-65 75-85 90-100 105-115 120-130 140-150 155-165 175-185 195-205",
    2_000: "50-60 65-75 85-95 100-110 120-130 135-145 155-165 170-180 190-200 205-215",
    3_000: "60-70 75-85 90-100 110-120 125-135 145-155 160-170 175-185 195-205 210-220",
}


def bands() -> list[dict[str, int]]:
    """Every band, in dollars."""
    return [
        {
            "users": users,
            "projects": 1_000 * place,
            "low": 1_000 * int(band.split("-")[0]),
            "high": 1_000 * int(band.split("-")[1]),
        }
        for users, line in BANDS.items()
        for place, band in enumerate(line.split(), start=1)
    ]
