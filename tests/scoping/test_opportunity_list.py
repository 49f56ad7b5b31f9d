"""The opportunities page: what it shows, adds up, filters, marks and mends."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import localdate, now

from emdesk.configuration.values import set_value
from emdesk.people.models import Role
from scoping.deals import amend_deal
from scoping.models import Opportunity, Stage
from tests.factories import make_issue, make_opportunity, make_segment, make_user
from tests.oracles import forecast as oracle
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/opportunities/"
TEAM = {"view": "team", "quarter": "all"}


@pytest.fixture
def lead(db):
    return make_user(Role.EM_LEAD, Role.EM, name="Lena Vogel")


@pytest.fixture
def browser(signed_in, lead):
    return signed_in(lead)


def deal(**fields):
    fields.setdefault("close_date", localdate())
    fields.setdefault("stage", Stage.PROPOSAL)
    fields.setdefault("services_value", Decimal(1000))
    return make_opportunity(**fields)


def names(browser, **asked):
    page = browser.get(PAGE, TEAM | asked).content.decode()
    return {each.name for each in Opportunity.objects.all() if f'id="d{each.pk}"' in page}


def test_each_filter_finds_its_deals(browser, lead):
    other, segment = make_user(), make_segment("Ent_EMEA")
    green = deal(name="Green", confidence="green", engagement_manager=lead, segment=segment)
    past = deal(name="Past", close_date=localdate() - timedelta(days=400))
    amber = deal(name="Amber", confidence="amber", engagement_manager=other, office="West")
    lost = deal(name="Lost", stage=Stage.LOST)
    deal(name="Deleted", deleted=True)

    assert names(browser) == {"Green", "Past", "Amber"}
    assert names(browser, quarter="") == {"Green", "Amber"}
    assert names(browser, quarter="past") == {"Past"}
    assert names(browser, quarter="nonsense", em="x", segment="y", mismatch="z") == {
        green.name,
        amber.name,
    }
    assert names(browser, view="mine") == {"Green"}
    assert names(browser, em=other.pk) == {"Amber"}
    assert names(browser, em="none") == {"Past"}
    assert names(browser, segment=segment.pk) == {"Green"}
    assert names(browser, region="EMEA") == {"Green"}
    assert names(browser, region="West") == {"Amber"}
    assert names(browser, region="none") == {"Past"}
    assert names(browser, category="commit") == {"Green"}
    assert names(browser, category="omitted") == {lost.name}
    assert names(browser, confidence="grey") == {"Past"}
    assert names(browser, mismatch="past") == {"Past"}
    assert names(browser, mismatch="any") == {"Green", "Past", "Amber"}
    assert names(browser, q="amb") == {"Amber"}
    assert names(browser, q=past.account.name) == {"Past"}


def test_totals_are_cumulative_and_tell_what_is_not_priced(browser, lead):
    set_value(
        "exchange_rates",
        {"USD": "1", "EUR": "1.1"},
        effective_from=localdate() - timedelta(days=9),
        reason="x",
        by=lead,
        at=now(),
    )
    for stage, colour in (("4", "green"), ("4", "amber"), ("5", "red"), ("5", "grey")):
        deal(stage=stage, confidence=colour)
    deal(stage=Stage.WON, currency="EUR")
    deal(currency="SEK")
    deal(services_value=None)
    deal(stage=Stage.PENDING)

    answer = browser.get(PAGE, {"view": "team"}).context

    expected = oracle.figures(Opportunity.objects.all(), {"EUR": "1.1"}, localdate())
    for figure in answer["figures"]:
        amounts = figure["amounts"]
        assert (amounts.count, amounts.value) == expected[figure["name"]], figure["name"]
    assert (answer["whole"].without_rate, answer["whole"].without_value) == (1, 1)
    assert answer["omitted"]["amounts"].count == 1
    page = browser.get(PAGE, {"view": "team"}).content.decode()
    assert "counted, not priced" in page
    assert "without a value" in page


def test_every_figure_opens_its_deals(browser, lead):
    people = [lead, make_user(name="Ada Lund"), None]
    for number, colour in enumerate(("green", "amber", "red", "grey") * 3):
        office = ("West", "", "East")[number % 3]
        deal(confidence=colour, engagement_manager=people[number % 3], office=office)
    deal(stage=Stage.WON)

    rows = browser.get(PAGE, {"view": "team"}).context
    rolled = browser.get(PAGE, {"view": "team", "by": "em"}).context
    figures = [*rows["figures"], *(figure for _, _, figure in rows["shade"])]
    figures += [figure for _, line in rolled["rolled_up"] for figure in line]

    for figure in figures:
        assert browser.get(f"{PAGE}?{figure['opens']}").context["count"] == figure["amounts"].count


def test_the_roll_up_leads_from_people_by_region_to_the_total(browser, lead):
    ada = make_user(name="Ada Lund")
    for person, office in ((lead, "West"), (ada, "West"), (ada, "East"), (None, "")):
        deal(engagement_manager=person, office=office, confidence="green")

    lines = browser.get(PAGE, {"view": "team", "by": "em"}).context["rolled_up"]

    told = [(line.kind, line.name, figures[1]["amounts"].value) for line, figures in lines]
    assert told == [
        ("em", "Ada Lund", 1000),
        ("region", "East", 1000),
        ("em", "Ada Lund", 1000),
        ("em", "Lena Vogel", 1000),
        ("region", "West", 2000),
        ("em", "No EM", 1000),
        ("region", "No region", 1000),
        ("total", "Total", 4000),
    ]


def test_what_changed_since_last_week_says_what_it_was(browser, lead):
    said = {"confidence": "green", "confidence_rationale": "Yes"}
    old = deal(confidence="amber", engagement_manager=lead)
    amend_deal(old, by=lead, at=now() - timedelta(days=8), **said)
    recent = deal(confidence="amber", engagement_manager=lead)
    amend_deal(recent, by=lead, at=now() - timedelta(days=6), confidence="red")
    amend_deal(recent, by=lead, at=now() - timedelta(days=2), **said)
    back = deal(confidence="amber", engagement_manager=lead)
    for colour in ("red", "amber"):
        amend_deal(back, by=lead, at=now(), confidence=colour)

    page = browser.get(PAGE, TEAM).content.decode()

    marks = {each.pk: "A week ago: Amber" in group(page, each) for each in (old, recent, back)}
    assert marks == {old.pk: False, recent.pk: True, back.pk: False}
    assert "<s>Amber</s>" in group(page, recent)


def group(page, each):
    return page.partition(f'id="deal-{each.pk}"')[2].partition("</tbody>")[0]


def test_who_may_edit_what_stands_in_the_row(signed_in, lead):
    em, account = make_user(), make_user(Role.ACCOUNT_TEAM)
    mine = deal(engagement_manager=em)
    make_issue(opportunity=mine, requester=account)
    people = {
        "own": em,
        "lead": lead,
        "account": account,
        "desk": make_user(Role.DEAL_DESK),
        "other": make_user(),
    }

    found = {}
    for who, person in people.items():
        row = group(signed_in(person).get(PAGE, TEAM).content.decode(), mine)
        may = row.partition(">")[0]
        found[who] = {name for name in ("own", "judges", "advances") if f"data-{name}" in may}
        assert ("/judge/" in row) == ("judges" in found[who])
        assert ("/close-date/" in row) == ("advances" in found[who])

    assert found == {
        "own": {"own", "judges"},
        "lead": {"judges"},
        "account": {"advances"},
        "desk": {"advances"},
        "other": set(),
    }


def test_what_people_wrote_is_text(browser):
    deal(name="<script>x</script>", confidence="green", confidence_rationale='"><script>y</script>')

    page = browser.get(PAGE, TEAM).content.decode()

    assert "<script>x" not in page
    assert "<script>y" not in page
    assert "&lt;script&gt;x" in page


def test_the_page_costs_the_same_however_many_deals(browser, lead):
    deal(engagement_manager=lead)
    costs = []
    for asked in (TEAM, TEAM | {"by": "em"}):
        for _ in range(2):
            costs.append(queries_of(browser, PAGE, asked))
            for number in range(4):
                each = deal(confidence="green", engagement_manager=make_user(), currency="EUR")
                make_issue(opportunity=each)
                amend_deal(each, by=lead, at=now(), services_value=Decimal(number))

    rows, more_rows, rolled, more_rolled = costs
    assert rows == more_rows
    assert rolled == more_rolled


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_has_the_rows_and_columns_of_the_page(browser, kind):
    for number in range(30):
        deal(name=f"Deal {number}", currency="EUR")

    answer = browser.get(f"{PAGE}export/{kind}/", TEAM | {"cols": "value,word", "per_page": "25"})

    assert answer.status_code == 200
    if kind == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines[0] == '"Opportunity","Value","Currency","EM confidence"'
        assert len(lines) == 31
        assert '"1000.00","EUR","Grey"' in lines[1]


def test_an_empty_page_says_what_would_stand_there(signed_in):
    em = signed_in(make_user())
    assert "No opportunity of yours closes then" in em.get(PAGE).content.decode()
    assert "Clear the filters" in em.get(PAGE, {"q": "x"}).content.decode()
    assert "No opportunity closes then" in em.get(PAGE, {"view": "team"}).content.decode()


def test_a_view_of_the_deals_is_saved_and_opened(browser):
    said = {"name": "My greens", "layout": "deals", "query": "confidence=green&view=mine"}

    opened = browser.post("/views/save/", said, follow=True)

    address, _ = opened.redirect_chain[-1]
    assert address.startswith("/opportunities/?confidence=green&view=mine&saved=")
    assert "My greens" in opened.content.decode()
