"""S1, S4: methods an address does not have are refused, and looking changes nothing."""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.urls import resolve

from tests.reports import report
from tests.security.asking import Question
from tests.security.catalogue import DESK, EVERYTHING, KEEPS_A_NOTE
from tests.security.doors import ACCOUNT, ADMIN, PUBLIC
from tests.security.drawing import undrawn
from tests.security.matrix import ANONYMOUS, ROLES
from tests.security.rows import written_so_far
from tests.security.shares import shares
from tests.security.visitor import HTMX
from tests.security.world import World

ODD = ["PUT", "PATCH", "DELETE", "OPTIONS"]


def methods_of(questions: list[Question], world: World) -> dict[str, set[str]]:
    """One address of each route, and the methods the route is known to have."""
    addresses: dict[str, str] = {}
    found = defaultdict(set)
    for question in questions:
        path = question.address(world).partition("?")[0]
        address = addresses.setdefault(resolve(path).route, path)
        found[address].add(question.method)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_method_an_address_does_not_have_is_not_allowed(
    world: World,
    role: str,
    full: bool,
) -> None:
    """Who is not signed in is sent to sign in before anything is said about methods.

    What an address has is the same for everybody, and said before it is known who asks: so the
    roles share the addresses out, and each asks all of them with ``--full``.
    """
    wrong, tried = [], 0
    expected = 302 if role == ANONYMOUS else 405
    mine = (
        slice(None) if full or role == ANONYMOUS else slice(ROLES.index(role), None, len(ROLES) - 1)
    )
    for path, known in [*methods_of(DESK, world).items()][mine]:
        for method in {*ODD, "GET", "POST"} - known:
            tried += 1
            with undrawn():
                answer = world[role].ask(path, method)
            if answer.status_code != expected:
                wrong.append(f"{method} {path}: {answer.status_code}, not {expected}")

    report("security", f"S1 other methods as {role}", requests=tried, unexpected=len(wrong))
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("role", ["admin", "viewer", ANONYMOUS])
def test_odd_methods_do_nothing_at_the_doors(world: World, role: str) -> None:
    """These pages are of Django and allauth, which answer some of them as they answer GET."""
    wrong, tried = [], 0
    for path in methods_of([*PUBLIC, *ACCOUNT, *ADMIN], world):
        for method in ODD:
            tried += 1
            with undrawn():
                answer = world[role].ask(path, method)
            if answer.status_code >= 500 or world[role].written:
                wrong.append(f"{method} {path}: {answer.status_code} {world[role].written}")

    report("security", f"S4 odd methods as {role}", requests=tried, wrote=len(wrong))
    assert not wrong, "\n" + "\n".join(wrong)


@shares(3)
def test_looking_changes_no_row(world: World, share: int) -> None:
    """Each page is looked at by the first who may, in turns whole, its head only, and by htmx.

    What drawing it might write is watched where the matrix is.
    """
    looked = [(each, world[each.who_may()]) for each in EVERYTHING if each.method == "GET"]
    changed, before = [], written_so_far()
    for number, (question, visitor) in enumerate(looked, share):
        method, headers = (("GET", {}), ("HEAD", {}), ("GET", HTMX))[number % 3]
        with undrawn():
            visitor.look(question.address(world), method, **headers)
        after = written_so_far()
        differing = {table for table in after if after[table] != before[table]}
        if differing - KEEPS_A_NOTE.get(question.path, set()):
            changed.append(f"{method} {question.path}: {differing}")
        before = after

    figures = {"requests": len(looked), "rows_changed": len(changed)}
    report("security", f"S4 looking, share {share + 1} of 3", **figures)
    assert not changed, "\n" + "\n".join(changed)
