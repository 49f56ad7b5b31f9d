"""Changes found between two texts, and carried over to another telling of the first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sow.carrying import Edit, Way, applied, as_markdown, edits

WORDS = st.lists(
    st.sampled_from(["pay", "within", "30", "days", "of", "invoice", "\n", "**all**", "- item\n"]),
    max_size=12,
).map(" ".join)


def carried(old, new, wanted, *, strict=False):
    """The other telling with the changes that lead from ``old`` to ``wanted``; None for each lost."""
    way = Way(old, new, strict=strict)
    found = [way.carry(edit) for edit in edits(old, wanted)]
    return None if None in found else applied(new, found)


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS)
def test_the_edits_between_two_texts_make_the_one_of_the_other(old, new):
    assert applied(old, edits(old, new)) == new
    assert carried(old, old, new) == new


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS, WORDS)
def test_no_word_of_the_other_telling_is_lost_beside_those_a_change_replaces(old, new, wanted):
    way = Way(old, new, strict=True)
    for edit in edits(old, wanted):
        found = way.carry(edit)
        if found is not None:
            gone, was = new[found.start : found.end], old[edit.start : edit.end]
            assert "".join(was.split()) in "".join(gone.split())
            assert applied(new, [found]) == new[: found.start] + found.new + new[found.end :]


def test_a_change_goes_with_the_words_around_it():
    sent = "Pay within 30 days.\nTravel at cost."
    wanted = "Pay within 45 days.\nTravel at cost."
    newer = "New first line.\nPay within 30 days.\nTravel at cost, agreed before."

    assert carried(sent, newer, wanted, strict=True) == newer.replace("30", "45")


@pytest.mark.parametrize(
    "newer",
    ["Pay within 60 days.", "Pay within 30 business days.", "Pay at once.", "", "within 30"],
)
def test_where_somebody_changed_the_same_or_what_stands_beside_it_nothing_is_guessed(newer):
    assert carried("Pay within 30 days.", newer, "Pay within 45 days.", strict=True) is None


def test_a_strict_insertion_needs_both_its_neighbours():
    assert carried("One. Two.", "One. Three. Two.", "One. New. Two.", strict=True) is None
    assert carried("One. Two.", "Zero. One. Two.", "One. New. Two.", strict=True) == (
        "Zero. One. New. Two."
    )
    assert carried("One.", "One.", "One. Two.", strict=True) == "One. Two."
    assert carried("One.", "One. Else.", "One. Two.", strict=True) is None


def test_words_out_of_word_find_their_markdown():
    markdown = (
        "What we do:\n\n- **Plan** the move\n- Move *all* code\n\nOn {{ start_date }} it begins."
    )
    plain = "What we do:\nPlan the move\nMove all code\nOn 1 April 2026 it begins."

    def after(old, new):
        return carried(plain, markdown, plain.replace(old, new))

    assert after("Plan the", "Draw the") == markdown.replace("Plan", "Draw")
    assert after("Plan the move\n", "") == markdown.replace("**Plan** the move\n- ", "")
    assert after("all code", "some code") == markdown.replace("all", "some")
    assert after("Move all code", "Nothing") == markdown.replace("Move *all* code", "Nothing")
    assert after("April", "May") is None, "a field is not changed by a change of words"
    assert after("begins", "starts") == markdown.replace("begins", "starts")


def test_a_mark_is_never_torn_from_its_partner():
    found = Way("Plan the move", "**Plan** the move").carry(Edit(0, 8, "Do the"))
    assert applied("**Plan** the move", [found]) == "Do the move"
    assert Way("Plan the move", "**Plan the** move").carry(Edit(5, 13, "it")) is None


def test_words_added_at_the_end_are_nothing_but_added():
    assert edits("Total: 5.00", "Total: 5.00 And more.") == [Edit(11, 11, " And more.")]
    assert edits("One. And more.", "One.") == [Edit(4, 14, "")]
    assert edits("5.00", "5.001") == [Edit(0, 4, "5.001")]


def test_half_a_word_is_carried_as_a_whole_one():
    way = Way("Pay in 30 days", "**Pay** in 30 days")
    assert applied("**Pay** in 30 days", [way.carry(Edit(7, 8, "4"))]) == "**Pay** in 40 days"
    assert applied("**Pay** in 30 days", [way.carry(Edit(8, 8, "0"))]) == "**Pay** in 300 days"


def test_plain_words_become_markdown_that_says_just_them():
    assert as_markdown("5 * 4 [x] | {{ y }}", "Text", 0) == r"5 \* 4 \[x\] \| \{\{ y \}\}"
    assert as_markdown("\nMore", "Text", 4) == "\n\nMore"
    assert as_markdown("\nMore\n- odd", "- one\n- two", 5) == "\n- More\n- \\- odd"
    assert as_markdown("\nMore", "| a | b |", 9) is None
