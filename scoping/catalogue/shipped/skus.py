"""What is sold by its name and price (domain.md §6.2 and §6.5)."""

from __future__ import annotations

from typing import Any

from scoping.catalogue.shipped.writing import CATALOGUE_2022, DEAL_DESK_PAGE, SKUS_NOW

OLD: dict[str, Any] = {"source": CATALOGUE_2022}
NOW: dict[str, Any] = {"source": f"{SKUS_NOW}: its name; no price is public", "price": None}
DESK: dict[str, Any] = {"source": DEAL_DESK_PAGE}
TRAVEL = "travel comes on top"
COURSES = (
    ("GL-BAS", "GitLab with Git Basics", "one 9-hour day", "two 4-hour sessions"),
    ("GL-CICD", "CI/CD training", "one 9-hour day", "two 4-hour sessions"),
    ("GL-PM", "Project Managers training", "one 9-hour day", "two 4-hour sessions"),
    ("GL-SEC", "Security Essentials", "one 7 to 8-hour day", "two 3 to 4-hour sessions"),
    ("GL-IS", "InnerSourcing", "one 7-hour day", "two 3-hour sessions"),
)


def course(code: str, title: str, price: int, terms: str, delivery: str) -> dict[str, Any]:
    there = delivery == "onsite"
    return {
        "code": code,
        "title": f"{title}, {'on site' if there else 'remote'}",
        "price": price,
        "terms": f"{terms}; {TRAVEL}" if there else terms,
        "delivery": delivery,
        "type": "standard",
        "service": "courses",
        "seats": 12,
        **OLD,
    }


EDUCATION = [
    row
    for code, title, onsite, remote in COURSES
    for row in (
        course(code, title, 7_000, onsite, "onsite"),
        course(f"{code}-R", title, 5_000, remote, "remote"),
    )
] + [
    course("GL-ADMIN", "System Administration", 16_000, "two days, demo environment", "onsite"),
    course("GL-ADMIN-R", "System Administration", 12_000, "four 4-hour sessions", "remote"),
    course("GL-DOF", "DevOps Fundamentals", 20_000, "four days", "onsite"),
    course("GL-DOF-R", "DevOps Fundamentals", 20_000, "eight 4-hour sessions", "remote"),
]


def sku(code: str, title: str, kind: str, service: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "title": title, "type": kind, "service": service, **more}


def block(months: int, price: int, *, cleared: bool = False) -> dict[str, Any]:
    name = "Dedicated Engineer, cleared" if cleared else "Dedicated Engineer"
    code = f"GL-ENGR-{'CLEARED-' if cleared else ''}{months}"
    terms = "40 hours a week"
    return sku(
        code, f"{name}, {months} months", "advisory", "advisory", price=price, terms=terms, **OLD
    )


SEATS = [
    sku(
        "SRV-PERSEAT-R",
        "Seat add-on",
        "standard",
        "courses",
        price=500,
        unit="seat",
        terms="for each learner above 12",
        **OLD,
    ),
    sku(
        "CERT-PARTNER", "Certification packet for partners", "standard", "courses", price=650, **OLD
    )
    | {"terms": "list price; the code is emdesk's"},
    sku("SEMINAR", "Training Seminar", "standard", "courses", **NOW)
    | {"seats": 50, "terms": "about 3 hours and 1 of questions; the code is emdesk's"},
    sku("UNIVERSITY", "University Enterprise", "standard", "courses", **NOW)
    | {"terms": "the code is emdesk's"},
]
PACKAGES = [
    *(
        sku(
            f"GL-{name.upper()}",
            f"{name} integration",
            "integration",
            "integration",
            price=2_400,
            hours=8,
            terms="1 to 3 days",
            **OLD,
        )
        for name in ("Jira", "Jenkins", "LDAP")
    ),
    sku(
        "GL-RR-SELF",
        "Rapid Results, self-managed",
        "implementation",
        "implementation",
        price=40_000,
        terms="about 20 days; the same data also says 15",
        **OLD,
    ),
    sku(
        "GL-RR-COM",
        "Rapid Results, GitLab.com",
        "implementation",
        "implementation",
        price=17_500,
        terms="10 days",
        **OLD,
    ),
    sku(
        "MIG+",
        "Migration+",
        "migration",
        "migration",
        price=35_000,
        terms="15 days, up to 1,000 repositories, three trainings",
        **OLD,
    ),
    sku(
        "GL-IMPL-QS",
        "Implementation QuickStart",
        "implementation",
        "implementation",
        price=16_000,
        terms="about 1.5 weeks, fewer than 1,000 users",
        **OLD,
    ),
    sku(
        "GL-IMPL-QS-HA",
        "Implementation QuickStart HA",
        "implementation",
        "implementation",
        price=32_500,
        terms="about 3 weeks, 1,000 to 5,000 users",
        **OLD,
    ),
    sku("HEALTH-CHECK", "Health Check", "advisory", "health_check", **NOW)
    | {"terms": "price and duration vary; the code is emdesk's"},
    sku("CICD-WORKSHOP", "CI/CD Workshop", "ci_cd", "ci_cd", **NOW)
    | {"terms": "the code is emdesk's"},
    sku("DEVSECOPS-WORKSHOP", "DevSecOps Workshop", "security", "security", **NOW)
    | {"terms": "the code is emdesk's"},
    sku("MIG-QS", "Migration QuickStart", "migration", "migration", **NOW)
    | {"terms": "the code is emdesk's"},
]
BLOCKS = [
    sku(
        "GL-XPRT",
        "Expert Services block",
        "advisory",
        "advisory",
        price=14_400,
        hours=48,
        terms="48 hours, 8 of them project management",
        **OLD,
    ),
    sku(
        "GL-XPRT-SVC48",
        "Expert Services, 1 year",
        "advisory",
        "advisory",
        price=115_200,
        hours=384,
        terms="8 hours a week in 48 of 52 weeks",
        **OLD,
    ),
    *(block(months, price) for months, price in ((3, 147_900), (6, 281_010), (12, 502_860))),
    *(
        block(months, price, cleared=True)
        for months, price in ((3, 184_875), (6, 351_263), (12, 628_575))
    ),
    sku("CONSULTING-BLOCK", "Consulting Block", "advisory", "advisory", **NOW)
    | {"terms": "with a description of work; the code is emdesk's"},
]
CUSTOM = [
    sku(
        "CUSTOM-FF",
        "Custom Service Package, fixed fee",
        "advisory",
        "advisory",
        price=330,
        unit="hour",
        terms="prepaid; the code is emdesk's",
        **DESK,
    ),
    sku(
        "CUSTOM-TM",
        "Custom Service Package, hourly T&M",
        "advisory",
        "advisory",
        price=None,
        unit="hour",
        terms="billed monthly for time used; the code is emdesk's",
        **DESK,
    ),
    sku(
        "CUSTOM-EDU",
        "Custom PS Education Services",
        "custom",
        "own_courses",
        price=None,
        terms="the code is emdesk's",
        **DESK,
    ),
]
SKUS = [*EDUCATION, *SEATS, *PACKAGES, *BLOCKS, *CUSTOM]
