"""Invented customers, and what they ask for."""

from __future__ import annotations

from random import Random

from scoping.states import Service

STEMS = [
    "Aldervane",
    "Brackhollow",
    "Cindermoor",
    "Dunmarrow",
    "Eskerby",
    "Fallowgate",
    "Glimmerford",
    "Harrowick",
    "Inverdale",
    "Jasperholm",
    "Kestrelby",
    "Larkhaven",
    "Mistelbach",
    "Northwyck",
    "Ostermoor",
    "Pellington",
    "Quarrywood",
    "Ravenmere",
    "Silverthwaite",
    "Tallowbrook",
    "Umberfield",
    "Valmorin",
    "Wexcombe",
    "Yarrowdale",
    "Zephyrine",
    "Ambervale",
    "Birkenstrand",
    "Coldspring",
    "Driftmark",
    "Emberlynn",
    "Fenwarren",
    "Greywacke",
    "Hollinsea",
    "Ironbeck",
    "Junipero",
    "Kaldvik",
    "Lumenara",
    "Marrowstone",
    "Nettlecombe",
    "Oakensund",
    "Plumeria",
    "Quillhaven",
    "Rookford",
    "Saltmarsh",
    "Thornbury",
    "Undervik",
    "Violetta",
    "Wrenfield",
]
TRADES = (
    "Logistics",
    "Insurance",
    "Bank",
    "Energy",
    "Robotics",
    "Foods",
    "Health",
    "Airways",
    "Mobility",
    "Semiconductors",
    "Retail Group",
    "Media",
    "Pharma",
    "Water",
    "Telecom",
    "Instruments",
    "Shipping",
    "Materials",
    "Games",
    "Software",
    "Payments",
    "Aerospace",
    "Rail",
    "Clinics",
)
UNUSUAL = (
    "東雲物流株式会社",
    "Ångfors Maskin AB",
    "Société Valmorin & Fils",
    "Žitavská Energetika",
    "Großweiler Präzisionswerke GmbH",
    "Cooperativa de Crédito Rural das Três Serras do Vale do Paranduva",
    "Q",
    "한빛모빌리티",
)
AGENCIES = (
    "Bureau of Inland Harbours",
    "Office of Weather Records",
    "Department of Bridges and Causeways",
    "National Seed Archive",
    "State of Calderwood Revenue Service",
    "Agency for Rural Broadband",
)

TITLES = {
    Service.MIGRATION: (
        "Move {n} repositories to SaaS",
        "Merge {few} self-managed instances into one",
        "Leave Subversion: {n} repositories with full history",
        "Bring {n} projects over from the old code host",
        "Move {many} users and {n} projects to Dedicated",
    ),
    Service.IMPLEMENTATION: (
        "High-availability installation for {many} users",
        "Second site for the teams overseas",
        "Air-gapped installation in the plant network",
        "Scale up from one server to {many} users",
        "New installation on Kubernetes",
    ),
    Service.INTEGRATION: (
        "Connect planning, chat and deployment tools",
        "Single sign-on and group sync for {many} users",
        "Link {few} quality gates of the old tool chain",
    ),
    Service.CI_CD: (
        "Replace {n} build jobs by shared pipelines",
        "Pipeline templates for {few} product lines",
        "Runner fleet that scales with demand",
        "From nightly builds to delivery on merge",
    ),
    Service.SECURITY: (
        "Security scanning in every pipeline",
        "Compliance pipelines for audited services",
        "Dependency policy for {n} projects",
    ),
    Service.ADVISORY: (
        "Advice for the platform team, {few} days a month",
        "Roadmap from three tool chains to one",
        "Ways of working for {few} product teams",
    ),
    Service.HEALTH_CHECK: (
        "Health check before the upgrade",
        "Readiness assessment for {many} users",
        "Performance review of the main instance",
    ),
    Service.DEVELOPMENT: (
        "Custom importer for a home-grown tracker",
        "Reports for the programme office",
    ),
    Service.TRAINING: (
        "Training for {n} developers in {few} cohorts",
        "Administrators' course on site",
        "CI/CD course for {few} teams",
    ),
}
WEIGHTS = {
    Service.MIGRATION: 26,
    Service.IMPLEMENTATION: 17,
    Service.INTEGRATION: 7,
    Service.CI_CD: 17,
    Service.SECURITY: 8,
    Service.ADVISORY: 8,
    Service.HEALTH_CHECK: 6,
    Service.DEVELOPMENT: 2,
    Service.TRAINING: 9,
}
VALUES = {
    Service.MIGRATION: 46_000,
    Service.IMPLEMENTATION: 68_000,
    Service.INTEGRATION: 24_000,
    Service.CI_CD: 38_000,
    Service.SECURITY: 29_000,
    Service.ADVISORY: 33_000,
    Service.HEALTH_CHECK: 14_000,
    Service.DEVELOPMENT: 41_000,
    Service.TRAINING: 12_000,
}
FREE_LABELS = (
    "air-gapped",
    "renewal this year",
    "partner involved",
    "fixed date",
    "reference customer",
    "first services deal",
    "multi-phase",
    "travel expected",
)


def companies(count: int, rng: Random) -> list[str]:
    """As many different names, the unusual ones among them from the start."""
    plain = [f"{stem} {trade}" for trade in TRADES for stem in STEMS]
    rng.shuffle(plain)
    names = [*UNUSUAL, *plain][:count]
    rng.shuffle(names)
    return names


def wish(rng: Random) -> tuple[Service, str]:
    """A service and a title that asks for it."""
    service = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    title = rng.choice(TITLES[service])
    return service, title.format(
        few=rng.randint(2, 9),
        n=f"{rng.choice((40, 60, 85, 120, 160, 240, 310, 480, 650, 1_200, 2_400)):,}",
        many=f"{rng.choice((150, 300, 500, 800, 1_200, 2_500, 4_000, 7_500, 12_000)):,}",
    )
