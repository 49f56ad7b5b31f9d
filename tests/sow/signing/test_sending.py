"""Who sends a stamped SOW for signature, to whom, in which order, and what ends that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.approvals.models import Request
from emdesk.people.models import Absence, Role
from emdesk.workflow import NotAllowed, Refused
from sow.models import Progress, SignerTurn, Signing
from sow.saving import Typed, save
from sow.signing.ending import recall
from sow.signing.holding import Over
from sow.signing.sending import Named, replace, route
from sow.stamping import void
from tests.factories import make_user
from tests.sow.signing.out import (
    ADA,
    GRACE,
    LATER,
    MINUTE,
    Desk,
    desk,
    mails,
    sent,
    sign_customer,
    sign_ours,
    step_of,
    verbs,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk(monkeypatch)


def turns(found: Desk) -> dict[str, str]:
    return {each.name.split()[0]: each.turn for each in found.signing.signers.all()}


def test_ours_sign_first_then_the_customers_in_their_order_and_only_then_it_is_signed(found):
    sent(found, customers=[ADA, GRACE])
    assert turns(found) == {"Pat": "asked", "Ada": "later", "Grace": "later"}
    assert step_of(found).assignee == found.pao
    assert not mails(ADA.email)

    sign_ours(found, LATER + MINUTE)
    assert turns(found) == {"Pat": "signed", "Ada": "asked", "Grace": "later"}
    assert "scoping.stamped_sow_sent" in verbs(found)

    sign_customer(ADA.email, LATER + 2 * MINUTE)
    assert found.signing.out
    assert turns(found)["Grace"] == "asked"
    sign_customer(GRACE.email, LATER + 3 * MINUTE, "Grace Hopper")
    assert found.signing.standing == Progress.SIGNED
    assert verbs(found)[-1] == "sow.signed_by_all"


def test_the_other_orders_and_parallel_groups(found):
    both = [ADA, Named("Grace Hopper", "grace@customer.example", order=1)]
    sent(found, customers=both, order="customer", ours=[found.pao, found.cfo], in_turn=False)
    assert turns(found) == {"Pat": "later", "Quinn": "later", "Ada": "asked", "Grace": "asked"}
    sign_customer("grace@customer.example", LATER, "Grace Hopper")
    assert turns(found)["Pat"] == "later"
    sign_customer(ADA.email, LATER)
    assert turns(found) == {"Pat": "asked", "Quinn": "asked", "Ada": "signed", "Grace": "signed"}
    steps = Request.objects.waiting().get(chain="sow_signature").steps.order_by("gate")
    assert {step.assignee for step in steps} == {found.pao, found.cfo}
    sign_ours(found, LATER, found.cfo if step_of(found).assignee == found.cfo else found.pao)
    assert found.signing.out
    sign_ours(found, LATER, found.pao if step_of(found).assignee == found.pao else found.cfo)
    assert found.signing.standing == Progress.SIGNED

    other = Signing.objects.get()
    with pytest.raises(Refused, match="signed by all already"):
        sent(found)
    assert Signing.objects.get() == other


def test_both_at_once_and_two_of_ours_in_turn(found):
    sent(found, order="together", ours=[found.pao, found.cfo])
    assert turns(found) == {"Pat": "asked", "Quinn": "later", "Ada": "asked"}
    sign_customer(ADA.email, LATER)
    sign_ours(found, LATER)
    assert turns(found) == {"Pat": "signed", "Quinn": "asked", "Ada": "signed"}
    sign_ours(found, LATER, found.cfo)
    assert found.signing.standing == Progress.SIGNED


def test_only_a_standing_stamp_and_only_the_right_people(found):
    stranger = make_user(Role.SIGNATORY, Role.ACCOUNT_TEAM, name="Sal Sales")
    with pytest.raises(NotAllowed):
        sent(found, by=found.team)
    for ours, said in (
        ([stranger], "may not sign for us"),
        ([], "Choose one signatory"),
        ([found.pao, found.pao], "Choose one signatory"),
        ([found.cfo], "Pat Accounting signs for us and is here"),
    ):
        with pytest.raises(Refused, match=said):
            sent(found, ours=ours)
    colleague = Named("Amara", found.em.email)
    for customers, said in (
        ([ADA, ADA], "named twice"),
        ([colleague], "colleague of yours"),
        ([Named(f"N{n}", f"n{n}@c.example") for n in range(5)], "Name one to 4"),
    ):
        with pytest.raises(Refused, match=said):
            sent(found, customers=customers)
    with pytest.raises(Refused, match="is stamped by now"):
        sent(found, seen=1)
    assert not Signing.objects.exists()

    void(found.statement, why="Wrong price", by=found.legal, at=LATER)
    with pytest.raises(Refused, match="no legal stamp"):
        sent(found)


def test_who_speaks_with_the_customer_routes_it_there_and_nobody_else(found):
    issue = found.issue
    issue.communication_owner = "account_team"
    issue.save()
    with pytest.raises(NotAllowed):
        sent(found)
    signing = sent(found, customers=())
    sign_ours(found, LATER)
    assert found.signing.out, "the customer is still to be named"
    assert not mails(ADA.email)
    with pytest.raises(NotAllowed):
        route(signing, [ADA], by=found.em, at=LATER)
    route(signing, [ADA], by=found.team, at=LATER)
    assert len(mails(ADA.email, "/sign/")) == 1
    with pytest.raises(Over, match="sent to the customer already"):
        route(signing, [GRACE], by=found.team, at=LATER)
    sign_customer(ADA.email, LATER)
    assert found.signing.standing == Progress.SIGNED


def test_the_fallback_signs_while_the_first_one_is_away(found):
    day = LATER.date()
    Absence.objects.create(
        user=found.pao,
        delegate=found.em,
        first_day=day - timedelta(days=1),
        last_day=day + timedelta(days=7),
    )
    sent(found)
    assert step_of(found).assignee == found.cfo
    assert turns(found) == {"Quinn": "asked", "Ada": "later"}
    sign_ours(found, LATER, found.cfo)
    assert found.signing.signers.get(side="ours").signed_by == found.cfo


def test_a_stand_in_with_the_role_signs_for_who_is_away_and_both_names_are_kept(found):
    day = LATER.date()
    Absence.objects.create(
        user=found.pao, delegate=found.cfo, first_day=day, last_day=day + timedelta(days=7)
    )
    sent(found)
    step = step_of(found)
    assert (step.assignee, step.delegate) == (found.pao, found.cfo)
    sign_ours(found, LATER, found.cfo)
    signer = found.signing.signers.get(side="ours")
    assert (signer.name, signer.signed_by) == ("Quinn Finance", found.cfo)


def test_nobody_of_ours_signs_what_they_had_another_part_in(found):
    for user in (found.em, found.legal, found.people["leadership"], found.people["revenue"]):
        user.roles = sorted({*user.roles, Role.SIGNATORY})
        user.save()
    barred = {found.em, found.legal, found.people["leadership"], found.people["revenue"]}
    for user in {found.pao, found.cfo, *found.people.values()} - barred:
        user.roles = [Role.VIEWER]
        user.save()
    for user in (found.legal, found.people["leadership"], found.people["revenue"]):
        with pytest.raises(Refused, match="Nobody can sign for us"):
            sent(found, ours=[user], why="The only one")
    with pytest.raises(Refused, match="Who sends it does not sign it"):
        sent(found, ours=[found.em], why="The only one")
    assert not Signing.objects.exists()


def test_a_recall_with_a_reason_ends_it_and_tells_those_who_were_asked(found):
    signing = sent(found, order="together")
    with pytest.raises(Refused, match="Say why"):
        recall(signing, " ", by=found.em, at=LATER)
    with pytest.raises(NotAllowed):
        recall(signing, "Ours", by=found.team, at=LATER)
    recall(signing, "Wrong name", by=found.em, at=LATER)
    assert found.signing.standing == Progress.RECALLED
    assert set(turns(found).values()) == {SignerTurn.DROPPED}
    assert not Request.objects.waiting().filter(chain="sow_signature").exists()
    assert mails(ADA.email, "not to be signed any more")
    with pytest.raises(Over, match="taken back"):
        sign_customer(ADA.email, LATER)
    assert sent(found).out, "it may be sent again"


def test_a_new_version_voids_the_stamp_and_the_signing_but_not_what_all_have_signed(found):
    sent(found, order="together")
    typed = [Typed("travel", "Travel", "Nobody travels at all.")]
    save(found.statement, seen=2, by=found.em, at=LATER, typed=typed, why="They asked")
    assert found.signing.standing == Progress.VOIDED
    assert set(turns(found).values()) == {SignerTurn.DROPPED}
    assert not Request.objects.waiting().filter(chain="sow_signature").exists()
    with pytest.raises(Over, match="replaced by a new version"):
        sign_customer(ADA.email, LATER)


def test_somebody_else_signs_for_the_customer_and_the_first_link_is_over(found):
    sent(found, order="together")
    old = found.signer("Ada Lovelace")
    with pytest.raises(Refused, match="Say why"):
        replace(old, GRACE, why="", by=found.em, at=LATER)
    replace(old, GRACE, why="Ada left", by=found.em, at=LATER)
    with pytest.raises(Over, match="in your place"):
        sign_customer(ADA.email, LATER)
    sign_customer(GRACE.email, LATER, "Grace Hopper")
    sign_ours(found, LATER)
    assert found.signing.standing == Progress.SIGNED
    with pytest.raises(Over, match="signed by all"):
        replace(found.signer("Grace Hopper"), ADA, why="Back", by=found.em, at=LATER)
