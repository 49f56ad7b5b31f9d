"""S2: of an issue somebody may not see, nothing is seen: not by id, filter, search or cursor."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from html import escape
from urllib.parse import quote_plus

import pytest

from emdesk.people.models import Role
from scoping.board import cursor_now
from scoping.closing import merge
from scoping.facts import amend
from scoping.meetings import plan
from scoping.models import Meeting
from tests.factories import make_user
from tests.reports import report
from tests.security.asking import EVERYBODY, get, post
from tests.security.catalogue import DESK
from tests.security.lists import LISTS
from tests.security.matrix import those
from tests.security.shares import shares
from tests.security.visitor import HTMX, PASSWORD, Visitor
from tests.security.world import SECRETS, World

BLIND = those("see an issue", "hidden")
ABOUT_IT = re.compile(r"{(deal|ready|closed|bygone|duplicate|comment|file|opportunity|need)}")
NAMING_IT = [question for question in DESK if ABOUT_IT.search(question.path)]
BY_ID = [question for question in NAMING_IT if question.act != EVERYBODY]
BESIDE = [question for question in NAMING_IT if question.act == EVERYBODY]
BESIDE += [get("/palette/?q=move&on={deal}", EVERYBODY)]
NOBODYS = 987_654_321  # the number of no issue
SEARCHES = [*SECRETS.values(), "PS-{deal}", "{deal}", "777000"]
ECHOED = re.compile(r'[?&;]q=[^"&]*|%3Fq%3D[^"]*|name="q" value="[^"]*"')
EVERYWHERE = ["/search/", "/palette/"]
CHANGES = "/board/changes/?since={}"
SEARCHED = ["/board/column/strawman_wip/", CHANGES.format(0)]
VOLATILE = re.compile(
    r'name="(csrf|csrfmiddlewaretoken|token)" (content|value)="[^"]*"|since=\d+|id="cursor" value="\d+"|as of [^<]*'
)


def secrets_in(page: str, world: World) -> list[str]:
    """The words of the deal on a page, and links to it."""
    found = [secret for secret in SECRETS.values() if secret.lower() in page.lower()]
    links = (f"/issues/{world.pks['deal']}/", f'"c{world.pks["deal"]}"')
    return [*found, *(link for link in links if link in page)]


def still(page: str) -> str:
    """A page without what is different on every loading."""
    return VOLATILE.sub("", page)


@shares(6)
@pytest.mark.parametrize("role", BLIND)
def test_an_id_opens_nothing(world: World, role: str, share: int) -> None:
    """Asked in turns as a page and as a part of one; that it is no page to them says the matrix."""
    wrong, asked = [], BY_ID[(BLIND.index(role) + share) % 3 :: 3]
    for number, question in enumerate(asked, share // 3):
        answer = question.put_to(world, role, **({}, HTMX)[number % 2])
        if answer.status_code != 404 or secrets_in(answer.page, world):
            wrong.append(f"{question}: {answer.status_code} {secrets_in(answer.page, world)}")

    figures = {"probes": len(asked), "leaks": len(wrong)}
    report("security", f"S2 ids as {role}, share {share + 1} of 6", **figures)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("role", BLIND)
def test_on_a_page_for_everybody_its_number_is_like_the_number_of_none(
    world: World, role: str
) -> None:
    """A search for it, or a palette opened on it: the answer is the same to the letter."""
    told = []
    for question in BESIDE:
        answers = set()
        for deal in (world.pks["deal"], NOBODYS):
            path = question.path.format(**world.pks | {"deal": deal})
            answer = world[role].ask(path, question.method)
            page = still(answer.page).replace(str(NOBODYS), "").replace(str(world.pks["deal"]), "")
            answers.add((answer.status_code, page))
            told += [f"{question}: {found}" for found in secrets_in(answer.page, world)]
        told += [f"{question}: {sorted(answers)}"] * (len(answers) - 1)

    report("security", f"S2 numbers as {role}", probes=2 * len(BESIDE), leaks=len(told))
    assert BESIDE
    assert not told, "\n" + "\n".join(told)


@shares(4)
@pytest.mark.parametrize("role", BLIND)
def test_no_list_shows_it_and_what_happens_to_it_changes_no_list(
    world: World, role: str, share: int
) -> None:
    """Counts, totals, ages and cursors included: the pages stay the same to the letter."""
    part = (BLIND.index(role) + share) % 4
    lists = [*LISTS[part::4], CHANGES.format(cursor_now())]
    paths = [path.format(**world.pks) for path in lists]
    before = [world[role].ask(path).page for path in paths]
    amend(
        world.deal(),
        by=None,
        at=world.at,
        expected_value=1_234_567,
        next_step_date=world.at.date() + timedelta(days=1),
        engagement_manager=world.people["EM other"],
        services_calculator=True,
        title="Another title",
    )
    after = [world[role].ask(path).page for path in paths]

    pages = list(zip(paths, before, after, strict=True))
    shown = {path: found for path, page, _ in pages if (found := secrets_in(page, world))}
    changed = [path for path, page, later in pages if still(page) != still(later)]
    figures = {"probes": 2 * len(paths), "leaks": len(shown) + len(changed)}
    report("security", f"S2 lists as {role}, share {share + 1} of 4", **figures)
    assert not shown
    assert not changed


def some(searches: list[str], role: str, share: int) -> list[str]:
    """A third of them, of which each role asks another; and always one that finds nothing."""
    return [*searches[(BLIND.index(role) + share) % 3 :: 3], "no such words"]


@shares(3)
@pytest.mark.parametrize("role", BLIND)
def test_a_search_for_its_words_finds_nothing(world: World, role: str, share: int) -> None:
    """Every search, for its words or for none of it, is answered by the same page."""
    answers, searches = defaultdict(set), some(SEARCHES, role, share)
    for search in searches:
        for path in SEARCHED:
            words = {"q": search.format(**world.pks), "view": "team"}
            answers[path].add(ECHOED.sub("", still(world[role].ask(path, data=words, **HTMX).page)))

    leaks = sum(len(pages) - 1 for pages in answers.values())
    figures = {"probes": len(searches) * len(SEARCHED), "leaks": leaks}
    report("security", f"S2 searches as {role}, share {share + 1} of 3", **figures)
    assert not leaks


@shares(3)
@pytest.mark.parametrize("role", BLIND)
def test_a_search_of_the_whole_desk_for_its_words_finds_nothing(
    world: World, role: str, share: int
) -> None:
    """What was typed comes back; beside it every answer is the same to the letter."""
    answers = defaultdict(set)
    words_of_it = [each for each in SEARCHES if "{deal}" not in each]
    narrowed = ["account:Quagga", "axolotl is:open", '"narwhal said"', "Okapi em:none"]
    searches = some([*words_of_it, *narrowed], role, share)
    for search in searches:
        words = search.format(**world.pks)
        for path in EVERYWHERE:
            page = still(world[role].ask(path, data={"q": words}).page)
            for spelled in (escape(words), quote_plus(words)):
                page = page.replace(spelled, "")
            answers[path].add(page)

    leaks = sum(len(pages) - 1 for pages in answers.values())
    probes = len(searches) * len(EVERYWHERE)
    report(
        "security", f"S2 whole desk as {role}, share {share + 1} of 3", probes=probes, leaks=leaks
    )
    assert not leaks


def test_who_may_see_it_finds_it_by_every_word(world: World) -> None:
    spoken = ("account", "title", "description", "next_step", "current_state", "label")
    spoken += ("comment", "answer")
    address = f"/issues/{world.pks['deal']}/"

    for name in spoken:
        words = {"q": f'"{SECRETS[name]}"'}
        assert address in world["account team own"].ask("/search/", data=words).page, name


@pytest.mark.parametrize("role", ["account team other", "architect other", "project manager other"])
def test_an_issue_one_sees_tells_nothing_of_the_one_it_was_merged_into(
    world: World, role: str
) -> None:
    mine = world.deal("elsewhere")
    merge(mine, world.deal(), by=world.person("EM lead"), at=world.at)

    page = world[role].ask(f"/issues/{mine.pk}/").page

    found = [secret for secret in SECRETS.values() if secret in page]
    assert not found


@pytest.mark.parametrize("role", ["account team other", "signatory", "admin", "no role"])
def test_an_invitation_does_not_open_the_issue(world: World, role: str) -> None:
    meeting = Meeting(issue=world.deal(), kind="internal_sync", starts_at=world.at)
    em = world.people["EM own"]
    plan(meeting, [em, world.people[role]], by=em, at=world.at)

    assert not secrets_in(world[role].ask("/").page, world)


def test_who_lost_a_role_sees_nothing_of_what_it_opened(world: World) -> None:
    visitor, em = world["EM own"], world.person("EM own")
    em.change_roles([Role.ADMIN], by=world.person("admin"), at=world.at)
    again = Visitor().sign_in(em.email)

    shown = [path for path in LISTS if secrets_in(again.ask(path.format(**world.pks)).page, world)]

    assert visitor.ask("/").status_code == 302
    assert not shown


@pytest.mark.parametrize(
    ("role", "own"),
    [
        (Role.ACCOUNT_TEAM, "requester"),
        (Role.TECHNICAL_ARCHITECT, "technical_architect"),
        (Role.DELIVERY_MANAGER, "delivery_manager"),
        (Role.PROJECT_MANAGER, "project_manager"),
    ],
)
def test_being_taken_off_an_issue_closes_it(world: World, role: Role, own: str) -> None:
    person = make_user(role, password=PASSWORD, email=f"{own}@example.com")
    deal = world.deal()
    amend(deal, by=None, at=world.at, **{own: person})
    visitor = Visitor().sign_in(person.email)
    address = deal.get_absolute_url()
    opened = visitor.ask(address).status_code

    amend(deal, by=None, at=world.at, **{own: None})

    assert (opened, visitor.ask(address).status_code) == (200, 404)


def test_who_may_not_merge_learns_nothing_of_the_target(world: World) -> None:
    question = post("/issues/{elsewhere}/merge/", "merge a duplicate", data={"into": "PS-{deal}"})

    for role in ("account team other", "project manager other"):
        answer = question.put_to(world, role)
        assert answer.status_code == 403
        assert not secrets_in(answer.page, world)


def test_a_record_of_another_issue_is_not_reached_through_ones_own(world: World) -> None:
    """The meeting of one issue under the number of another."""
    crossed = [
        get("/issues/{elsewhere}/meetings/{meeting}/calendar/", "see an issue"),
        post("/issues/{elsewhere}/meetings/{meeting}/", "work an issue", data={"cancel": "yes"}),
    ]

    for question in crossed:
        answer = question.put_to(world, "EM other")
        assert answer.status_code == 404
        assert not secrets_in(answer.page, world)


def test_nothing_generic_is_reached_under_another_label(world: World) -> None:
    """Comments and files belong to registered subjects; every other label is nobody's."""
    pk = world.pks["em"]
    for label in ("people.user", "scoping.account", "scoping.meeting", "ledger.event", "x", "_"):
        for path in (f"/activity/{label}/{pk}/", f"/activity/{label}/{pk}/watch/"):
            method = "POST" if path.endswith("watch/") else "GET"
            assert world["EM lead"].ask(path, method).status_code == 404


def test_the_deal_itself_has_all_these_words(world: World) -> None:
    """Else the sweeps above would prove nothing."""
    seen = world["EM own"].ask(f"/issues/{world.pks['deal']}/").page
    seen += world["EM own"].ask(f"/activity/comments/{world.pks['comment']}/history/").page
    seen += world["EM own"].ask(f"/files/{world.pks['file']}/").page
    seen += world["EM own"].ask(f"/issues/{world.pks['deal']}/scheduling/").page
    seen += world["EM own"].ask(f"/opportunities/{world.pks['opportunity']}/").page
    seen += world["EM own"].ask(f"/approvals/{world.pks['review']}/").page
    seen += world["EM own"].ask(f"/forecast/calls/{world.pks['forecast_call']}/").page
    seen += world["EM own"].ask(f"/sow/{world.pks['written']}/").page

    assert [name for name, secret in SECRETS.items() if secret not in seen] == []
