"""CI/CD, security, advice by the block, and education (domain.md §6.5, §6.6 D, G and H)."""

from __future__ import annotations

from scoping.catalogue.shipped.writing import (
    CATALOGUE_2022,
    PIPELINE_PAGE,
    SKUS_NOW,
    Service,
    Work,
    engineer,
)

CI_CD = Service(
    "ci_cd",
    "CI/CD modernization",
    "ci_cd",
    "We bring builds and deployments into pipelines that teams keep up by themselves.",
    "ci_cd",
    ["ci_cd"],
    [
        Work(
            "ci_cd_assessment_remote",
            "Assessment of pipelines",
            "We look at what builds what, sort it by kind and choose how each kind moves.",
            "Kinds of builds with a way for each.",
            engineer(16, "DJ1 * 4", architect=4),
        ),
        Work(
            "ci_cd_templates_remote",
            "Pipeline templates",
            "We write templates for the kinds of builds agreed.",
            "Templates that a team has used.",
            engineer(40),
            "Up to five kinds of builds.",
        ),
        Work(
            "ci_cd_net_new_remote",
            "Net new pipelines",
            "New pipelines for agreed projects, written with the teams.",
            "Working pipelines for the agreed projects.",
            engineer(16, "DJ5 * 2"),
            source=f"{PIPELINE_PAGE}: recommended; hours as emdesk proposes them",
        ),
        Work(
            "ci_cd_flash_cut_remote",
            "Flash cut of all jobs",
            "Every job moves, with its history.",
            "Moved jobs, with a report.",
            engineer(24, "DJ3 * 1.5"),
            source=f"{PIPELINE_PAGE}: net new is recommended instead",
        ),
        Work(
            "ci_cd_packages_remote",
            "Moving packages",
            "We move packages from Artifactory into the package registry.",
            "Moved packages and a checked list.",
            engineer(8, "DA2 * 0.02"),
        ),
        Work(
            "ci_cd_workshop_remote",
            "CI/CD workshop",
            "A workshop with one team on one of its own projects.",
            "A working pipeline and a list of next steps.",
            engineer(16),
            source=f"{SKUS_NOW}: its name; hours as emdesk proposes them",
        ),
    ],
    source=PIPELINE_PAGE,
)
SECURITY = Service(
    "security",
    "DevSecOps",
    "security",
    "We bring scanning and policies into everyday work, and into the order of who looks at what.",
    "security",
    ["devsecops"],
    [
        Work(
            "security_workshop_remote",
            "DevSecOps workshop",
            "A workshop with one team: scanners on one of its projects, and what to do with what"
            " they find.",
            "Scanners in one project, and a way to handle findings.",
            engineer(16),
            source=f"{SKUS_NOW}: its name; hours as emdesk proposes them",
        ),
        Work(
            "security_policies_remote",
            "Policies",
            "We set policies for groups of projects, as agreed with security.",
            "Policies in place, written down.",
            engineer(24),
        ),
    ],
    maturity="viable",
)
ADVISORY = Service(
    "advisory",
    "Expert services",
    "advisory",
    "An expert works with the customer's people on what they choose, by the hour.",
    "advisory",
    ["scm", "ci_cd", "devsecops", "value_stream"],
    [
        Work(
            "advisory_block_remote",
            "Expert services block",
            "Forty hours of an expert, planned week by week, and eight for planning.",
            "A list of what was worked on.",
            engineer(40, "", manager=8),
            source=f"{CATALOGUE_2022}: 48 hours, 8 of them project management",
            basis="public",
        ),
        Work(
            "advisory_discovery_remote",
            "Discovery engagement",
            "About a week in which we learn what is there and say what to do in which order.",
            "A plan with effort for each step.",
            engineer(32, "", architect=8),
            source="GitLab handbook, offerings: about a week; hours as emdesk proposes them",
        ),
    ],
)
TRANSFORMATION = Service(
    "transformation",
    "Transformation",
    "advisory",
    "We work with leadership and teams on how software gets from idea to use, and measure it.",
    "transformation",
    ["devsecops", "value_stream"],
    [
        Work(
            "transformation_assessment_remote",
            "Value stream assessment",
            "We follow a few changes from idea to use and show where they wait.",
            "A map with times, and what to change first.",
            engineer(24, "", architect=16),
        ),
        Work(
            "transformation_coaching_remote",
            "Coaching",
            "We accompany a few teams for three months.",
            "Goals, and what became of them.",
            engineer(60),
        ),
    ],
    maturity="minimal",
)
COURSES = Service(
    "courses",
    "Standard courses",
    "standard",
    "Courses by our trainers, remote or on site, each with labs.",
    "training",
    ["scm", "ci_cd", "devsecops"],
    source=CATALOGUE_2022,
)
OWN_COURSES = Service(
    "own_courses",
    "Custom education",
    "custom",
    "Courses written for the customer, or standard ones changed to fit.",
    "training",
    ["scm", "ci_cd", "devsecops"],
    [
        Work(
            "own_courses_design_remote",
            "Course design",
            "We agree aims and write or change material and labs.",
            "Material and labs.",
            {"trainer": (24, "")},
        ),
        Work(
            "own_courses_delivery_remote",
            "Course delivery",
            "A day of training for up to twelve people.",
            "A held course, and who took part.",
            {"trainer": (9, "")},
        ),
    ],
    maturity="viable",
)
PRACTICES = [CI_CD, SECURITY, ADVISORY, TRANSFORMATION, COURSES, OWN_COURSES]
