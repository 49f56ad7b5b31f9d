"""Every event reads as a sentence, spelled in one place."""

import re
from pathlib import Path

import pytest

from emdesk.activity import deeds
from emdesk.activity.sentences import describe, sentence, unspelled
from emdesk.ledger.models import Event
from emdesk.people.models import User

PACKAGES = ("activity", "files", "people", "calendars", "configuration")
BELOW = [Path("emdesk") / name for name in PACKAGES]
VERB = re.compile(r'"((?:activity|files|people|calendars|configuration)\.[a-z_]+)"')
RECORDING = re.compile(r"(?:record|Verbs)\((?:[^()]|\([^()]*\))*\)")


def event(verb, **data):
    return Event(verb=verb, actor=User(name="Amara Osei"), data=data)


def recorded_verbs():
    for package in BELOW:
        for module in package.rglob("*.py"):
            for call in RECORDING.findall(module.read_text()):
                yield from VERB.findall(call)


def test_every_verb_recorded_below_has_a_sentence():
    verbs = set(recorded_verbs())

    assert {"activity.commented", "files.stored", "configuration.set", "people.joined"} <= verbs
    assert unspelled(verbs) == set()


def test_no_sentence_is_kept_for_what_never_happens():
    assert set(deeds.PLAIN) <= set(recorded_verbs())


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (event("activity.commented", audience="customer"), "wrote a customer-visible note"),
        (event("files.stored", name="a.pdf", version=1), "added a.pdf"),
        (event("files.stored", name="a.pdf", version=3), "added version 3 of a.pdf"),
        (
            event(
                "configuration.set",
                key="fiscal_first_month",
                value=4,
                effective_from="2027-01-01",
                reason="New owner",
            ),
            "set “First month of the fiscal year” to April from 2027-01-01: New owner",
        ),
        (
            event("configuration.set", key="gone", value=4, effective_from="x", reason="y"),
            "set “gone” to 4 from x: y",
        ),
        (
            event("people.roles_changed", was=["em"], now=[]),
            "changed roles from engagement manager to no role",
        ),
        (event("people.amended", fields=["name", "time_zone"]), "changed name, time zone"),
        (event("people.segment_added"), "added the segment"),
        (event("nobody.spelled_this"), "noted “spelled this”"),
    ],
)
def test_an_event_is_told_in_plain_words(told, words):
    assert describe(told) == f"Amara Osei {words}"


def test_what_nobody_did_was_done_by_the_desk():
    assert describe(Event(verb="people.segment_added")) == "emdesk added the segment"


def test_a_new_verb_is_unspelled_until_somebody_spells_it():
    assert unspelled(["tests.did"]) == {"tests.did"}

    sentence("tests.did")(lambda event: "did it")

    assert unspelled(["tests.did"]) == set()
    assert describe(event("tests.did")) == "Amara Osei did it"
