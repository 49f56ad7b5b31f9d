"""What the catalogue ships with: the public offerings, prices and rules, each with its source."""

from datetime import date
from decimal import Decimal

import pytest

from scoping.catalogue.formulas import fault_of, numeric_questions
from scoping.catalogue.publishing import faults
from scoping.catalogue.rates import bill_rate, cost_rate
from scoping.models import CatalogueVersion, Question, ResourceRole
from scoping.models.catalogue import Basis, Category
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
# domain.md §6.5, read off the page once more: SKU, price.
PRICES = """
GL-BAS 7000 | GL-BAS-R 5000 | GL-CICD 7000 | GL-CICD-R 5000 | GL-PM 7000 | GL-PM-R 5000
GL-SEC-R 5000 | GL-IS 7000 | GL-IS-R 5000 | SRV-PERSEAT-R 500 | GL-JIRA 2400 | GL-JENKINS 2400
GL-LDAP 2400 | GL-RR-SELF 40000 | GL-RR-COM 17500 | MIG+ 35000 | GL-IMPL-QS 16000
GL-IMPL-QS-HA 32500 | GL-XPRT 14400 | GL-XPRT-SVC48 115200 | GL-ENGR-3 147900 | GL-ENGR-6 281010
GL-ENGR-12 502860 | GL-ENGR-CLEARED-3 184875 | GL-ENGR-CLEARED-6 351263
GL-ENGR-CLEARED-12 628575
"""


@pytest.fixture
def version():
    return CatalogueVersion.current(TODAY)


def test_public_prices_are_those_of_the_public_catalogue(version):
    told = dict(line.split() for line in PRICES.replace("\n", "|").split("|") if line.strip())
    known = {sku.code: sku for sku in version.skus.all()}

    assert {code: str(known[code].price) for code in told} == {
        code: f"{price}.00" for code, price in told.items()
    }
    assert known["HEALTH-CHECK"].price is None
    assert known["GL-BAS"].seats == 12
    assert known["GL-BAS"].category == Category.EDUCATION
    assert known["MIG+"].category == Category.CONSULTING


def test_prices_agree_with_the_rules_they_were_derived_from(version):
    price = dict(version.skus.values_list("code", "price"))

    assert price["GL-ENGR-6"] == 2 * price["GL-ENGR-3"] * Decimal("0.95")
    assert price["GL-ENGR-12"] == 4 * price["GL-ENGR-3"] * Decimal("0.85")
    assert price["GL-ENGR-CLEARED-3"] == price["GL-ENGR-3"] * Decimal("1.25")
    assert price["GL-XPRT"] == 48 * 300


def test_everything_names_its_source_or_says_it_is_ours(version):
    items = [*version.services.all(), *version.activities.all(), *version.skus.all()]
    items += version.guidelines.all()

    assert len(items) > 100
    assert all(item.source for item in items)
    assert {item.basis for item in items} == {Basis.PUBLIC, Basis.DEFAULT}


def test_the_first_version_is_fit_to_be_estimated_with(version):
    assert faults(version) == []
    assert version.is_draft is False
    assert version.bands.count() == 40


def test_formulas_go_by_questions_that_exist(version):
    known = numeric_questions()
    formulas = [row.drivers for each in version.activities.all() for row in each.hours.all()]

    assert any(formulas)
    assert not [text for text in formulas if fault_of(text, known)]
    assert Question.objects.filter(key="B7").exists()
    assert "question Z9" in fault_of("B7 * Z9", known)
    assert fault_of("B7 ** 2; x", known)
    assert fault_of("(B7 + 2", known) == "A bracket is missing."


def test_an_hour_cost_300_and_then_330():
    engineer = ResourceRole.objects.get(key="engineer")

    def on(year, month, day):
        return bill_rate(engineer, "EMEA", "USD", date(year, month, day))

    assert on(2021, 1, 31) is None
    assert on(2021, 2, 1) == 300
    assert on(2024, 1, 31) == 300
    assert on(2024, 2, 1) == 330


def test_standard_cost_is_that_of_the_worked_example():
    found = {role.key: cost_rate(role, "USD", TODAY) for role in ResourceRole.objects.all()}

    assert {key: str(found[key]) for key in ("engineer", "manager", "architect")} == {
        "engineer": "108.51",
        "manager": "95.74",
        "architect": "127.66",
    }
