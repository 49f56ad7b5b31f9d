"""Changes of others: accepted or rejected one by one, with who wrote them; no word is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from sow import pen as pens
from sow.asking import Resets
from sow.carrying import Edit
from sow.models import Redline, StatementOfWork
from sow.models.redline import Part, Source
from sow.redlines import Wanted, keep_redline, wanted_in
from sow.redlining import decide
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.scoping.pages import queries_of
from tests.sow.approved import approve_all, put, ready, staffed
from tests.sow.returned import back

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TEXT = "Pay within 30 days.\n\nTravel at cost, up to 5 days.\n\nNothing else."
WANTED = TEXT.replace("30", "45").replace("up to 5", "up to 9").replace("Nothing", "Little")


def again(statement):
    return StatementOfWork.objects.select_related("issue").get(pk=statement.pk)


def travel(statement):
    return again(statement).head.said.section("travel").text


def put_text(statement, by, text, at=NOON, key="travel", **more):
    typed = [Typed(key, statement.head.said.section(key).title, text)]
    return save(again(statement), seen=again(statement).latest, by=by, at=at, typed=typed, **more)


@pytest.fixture
def returned(statement, em):
    """Three changes of Ada's to v2, of which each is its own."""
    put_text(statement, em, TEXT)
    return back(again(statement), TEXT, WANTED)


def keys(redline):
    return list(redline.changes.values_list("pk", flat=True))


def test_each_change_is_accepted_or_rejected_by_itself(statement, em, returned):
    first, second, third = keys(returned)
    done = decide(
        again(statement), returned, {first: "accepted", second: "rejected"}, by=em, at=NOON
    )

    assert travel(statement) == TEXT.replace("30", "45")
    assert done.version.why == "Took in a change of Ada Lovelace"
    kept, refused, left = returned.changes.all()
    assert (kept.verdict, kept.taken_in, kept.decided_by) == ("accepted", 3, em)
    assert (kept.author, kept.said_at, refused.taken_in) == ("Ada Lovelace", NOON, None)
    assert (refused.verdict, left.verdict) == ("rejected", "")
    returned.refresh_from_db()
    assert returned.settled_at is None
    decide(again(statement), returned, {third: "accepted"}, by=em, at=NOON)
    assert travel(statement) == TEXT.replace("30", "45").replace("Nothing", "Little")
    returned.refresh_from_db()
    assert returned.settled_at == NOON
    told = Event.objects.about(statement.issue).last()
    assert "decided on changes of Ada Lovelace" in describe(told)
    assert (
        told.data["decided"][0] | {"verdict": "accepted", "author": "Ada Lovelace"}
        == (told.data["decided"][0])
    )


def test_rejecting_makes_no_version(statement, em, returned):
    done = decide(
        again(statement), returned, dict.fromkeys(keys(returned), "rejected"), by=em, at=NOON
    )

    assert done.version is None
    assert again(statement).latest == 2


def test_what_was_decided_meanwhile_stands_and_is_told(statement, em, legal, returned):
    first, second, _ = keys(returned)
    decide(again(statement), returned, {first: "rejected"}, by=em, at=NOON)
    pens.hand_back(again(statement), by=em, at=NOON)

    done = decide(
        again(statement), returned, {first: "accepted", second: "accepted"}, by=legal, at=NOON
    )
    assert [each.pk for each in done.late] == [first]
    assert travel(statement) == TEXT.replace("up to 5", "up to 9")


def test_a_passage_that_says_something_else_by_now_is_told_and_stays_open(statement, em, returned):
    put_text(statement, em, "New.\n\n" + TEXT.replace("30 days", "30 business days"))
    first, second, third = keys(returned)

    done = decide(
        again(statement), returned, dict.fromkeys([first, second], "accepted"), by=em, at=NOON
    )
    assert [each.pk for each in done.clashed] == [first]
    assert "30 business days" in travel(statement)
    assert "up to 9 days" in travel(statement)
    assert returned.changes.get(pk=first).verdict == ""
    decide(again(statement), returned, {first: "by_hand", third: "rejected"}, by=em, at=NOON)
    returned.refresh_from_db()
    assert returned.settled_at


def test_a_clause_that_is_gone_takes_nothing_in(statement, em, returned):
    save(
        again(statement), seen=2, by=em, at=NOON,
        act=lambda said: type(said)(said.fields, tuple(s for s in said.sections if s.key != "travel")),
    )  # fmt: skip
    done = decide(
        again(statement), returned, dict.fromkeys(keys(returned), "accepted"), by=em, at=NOON
    )

    assert len(done.clashed) == 3
    assert again(statement).latest == 3


def test_neighbours_are_taken_in_one_after_the_other(statement, em):
    """What was accepted before is no reason to refuse what stands beside it."""
    put_text(statement, em, "Pay within 30 days.")
    texts = {"travel": {"title": "T", "text": "Pay within 30 days."}}
    wanted = [
        Wanted("travel", Edit(11, 14, "45 "), "30 ", "Ada", NOON),
        Wanted("travel", Edit(14, 19, "months."), "days.", "Bob", NOON),
    ]
    said = {"version": 2, "source": Source.LINK, "author": "They", "texts": texts}
    kept = keep_redline(again(statement), wanted, **said, by=None, at=NOON)

    for key in keys(kept):
        assert decide(again(statement), kept, {key: "accepted"}, by=em, at=NOON).version
    assert travel(statement) == "Pay within 45 months."


def test_words_read_with_their_fields_are_taken_into_the_text_that_names_them(statement, em):
    raw = "It starts on {{ start_date }} and goes on."
    put_text(statement, em, raw)
    read = "It starts on 1 April 2026 and goes on."
    kept = back(again(statement), read, read.replace("goes", "runs").replace("April", "May"))
    of_the_date, of_the_words = keys(kept)

    done = decide(again(statement), kept, dict.fromkeys(keys(kept), "accepted"), by=em, at=NOON)
    assert [each.pk for each in done.clashed] == [of_the_date]
    assert travel(statement) == raw.replace("goes", "runs")
    assert kept.changes.get(pk=of_the_words).taken_in == 3


def test_a_clause_can_be_taken_out_unless_somebody_wrote_in_it_since(statement, em):
    text = statement.head.said.section("travel").text
    texts = {"travel": {"title": "Travel and expenses", "text": text}}
    gone = Wanted("travel", Edit(0, len(text), ""), text, "Ada", NOON, Part.CLAUSE)
    said = {"version": 1, "source": Source.WORD, "author": "Ada", "texts": texts}
    for written, left in (("Nobody travels.", True), (None, False)):
        if written:
            put_text(statement, em, written)
        kept = keep_redline(again(statement), [gone], **said, by=None, at=NOON)
        done = decide(again(statement), kept, dict.fromkeys(keys(kept), "accepted"), by=em, at=NOON)
        assert bool(done.clashed) is left
        put_text(statement, em, text, key="travel") if written else None
    assert again(statement).head.said.section("travel") is None


def test_words_left_without_the_pen_are_decided_the_same_way(statement, em, legal):
    pens.hold(statement, by=em, at=NOON)
    with pytest.raises(pens.PenHeld):
        put_text(statement, legal, "At cost.\n\nAll of it.", at=NOON + MINUTE)
    (kept,) = Redline.objects.all()
    assert kept.proposal.by == legal

    verdicts = dict.fromkeys(keys(kept), "accepted")
    decide(again(statement), kept, verdicts, by=em, at=NOON + MINUTE)
    assert travel(statement) == "At cost.\n\nAll of it."
    assert not statement.proposals.filter(settled_at=None).exists()


def test_who_may_not_edit_or_lacks_the_pen_or_a_reason_decides_nothing(
    statement, em, legal, lead, returned
):
    first = {keys(returned)[0]: "accepted"}
    pens.hand_back(again(statement), by=em, at=NOON)
    for role in (Role.VIEWER, Role.ACCOUNT_TEAM, Role.EM):
        with pytest.raises(NotAllowed):
            decide(again(statement), returned, first, by=make_user(role), at=NOON)
    with pytest.raises(Refused, match="Say why"):
        decide(again(statement), returned, first, by=lead, at=NOON)
    pens.hold(again(statement), by=legal, at=NOON)
    with pytest.raises(pens.PenHeld):
        decide(again(statement), returned, first, by=em, at=NOON)
    assert not returned.changes.exclude(verdict="").exists()
    assert again(statement).latest == 2


def test_approvals_a_change_takes_away_are_told_before_and_nothing_is_decided_till_then(db, em):
    people, statement = staffed(), ready(em)
    found = put(statement, em, NOON)
    approve_all(found, people, NOON)
    said = again(statement).head.said.section("scope").text
    texts = {"scope": {"title": "x", "text": said}}
    wanted = wanted_in("scope", said, f"{said}\n\nAnd more.", "Ada", NOON)
    kept = keep_redline(
        again(statement), wanted, version=2, source=Source.LINK, author="Ada", texts=texts,
        by=None, at=NOON,
    )  # fmt: skip
    verdicts = dict.fromkeys(keys(kept), "accepted")

    with pytest.raises(Resets) as resets:
        decide(again(statement), kept, verdicts, by=em, at=NOON, told=[])
    assert kept.changes.filter(verdict="").count() == 1
    told = resets.value.effects.resets
    assert decide(again(statement), kept, verdicts, by=em, at=NOON, told=told).version.number == 3


def test_the_database_keeps_verdicts_whole(statement, em, returned):
    for wrong in (
        {"verdict": "accepted"},
        {"decided_by": em},
        {"verdict": "rejected", "decided_by": em, "decided_at": NOON, "taken_in": 2},
        {"verdict": "accepted", "decided_by": em, "decided_at": NOON},
    ):
        with pytest.raises(IntegrityError), atomic():
            returned.changes.update(**wrong)


def test_the_page_shows_each_change_decides_and_tells(statement, em, legal, returned):
    client = Client()
    client.force_login(em)
    address = returned.get_absolute_url()
    assert address in client.get(statement.get_absolute_url()).content.decode()
    shown = client.get(address).content.decode()
    for words in ("3 still to decide", "Ada Lovelace", "<del>", "<ins>", "data-change", "Accept"):
        assert words in shown
    first, second, third = keys(returned)

    assert client.post(address).status_code == 422
    answer = client.post(address, {f"v.{first}": "accepted", f"v.{second}": "rejected", "v.x": "y"})
    assert answer.url == address
    shown = client.get(address).content.decode()
    assert "1 still to decide" in shown
    assert "in <a" in shown
    version = client.get(f"/sow/{statement.issue_id}/versions/3/").content.decode()
    assert "Taken in" in version
    assert "Written by Ada Lovelace" in version
    pens.take_over(again(statement), by=legal, at=now(), reason="Liability")
    answer = client.post(address, {f"v.{third}": "accepted"})
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "Lea Gall holds the pen" in told
    assert 'value="accepted"\n                 data-verdict="a" checked' in told
    viewer = Client()
    viewer.force_login(make_user(Role.VIEWER))
    assert viewer.post(address, {f"v.{third}": "accepted"}).status_code == 403
    assert "Not decided yet" in viewer.get(address).content.decode()


def test_more_changes_take_no_more_queries(statement, em, returned):
    client = Client()
    client.force_login(em)
    few = queries_of(client, returned.get_absolute_url())
    many = "one. " * 12
    put_text(statement, em, many)
    wanted = " ".join(["one. two."] * 12)
    kept = back(again(statement), many, wanted)

    assert kept.changes.count() > 3
    assert queries_of(client, kept.get_absolute_url()) == few
