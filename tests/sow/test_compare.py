"""Applying a difference to the old text gives the new one; moved sections are known for moved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sow.compare import (
    MOST_WORDS,
    How,
    Op,
    Part,
    Piece,
    applied,
    compare,
    taken_back,
    told,
    words,
)

TEXTS = st.text(alphabet="ab .\n|-é漢", max_size=80)
PARTS = st.lists(st.sampled_from("pqrstu"), unique=True, max_size=6).flatmap(
    lambda keys: st.tuples(
        *(st.builds(Part, st.just(key), st.sampled_from(["T", "U"]), TEXTS) for key in keys)
    )
)


@given(TEXTS, TEXTS)
def test_the_difference_applied_gives_the_new_text_and_taken_back_the_old(old, new):
    pieces = words(old, new)

    assert applied(pieces) == new
    assert taken_back(pieces) == old
    assert all(piece.text for piece in pieces)


@given(PARTS, PARTS)
def test_every_section_of_both_is_told_once_and_only_as_it_is(old, new):
    changes = compare(old, new)

    assert [change.new for change in changes if change.new] == list(new)
    assert {change.old for change in changes if change.old} == set(old)
    assert len(changes) == len({id(change) for change in changes})
    for change in changes:
        assert applied(change.text) == (change.new.text if change.new else "")
        assert taken_back(change.text) == (change.old.text if change.old else "")
        same = change.old and change.new and change.old.text == change.new.text
        same = same and change.old.title == change.new.title
        assert (change.how is How.SAME) == bool(same)
    stayed = [old.index(each.old) for each in changes if each.old and each.new and not each.moved]
    assert stayed == sorted(stayed)


def test_words_are_compared_and_not_letters():
    assert words("We shall pay in 30 days.", "We will pay in 45 days.") == (
        Piece(Op.KEPT, "We "),
        Piece(Op.GONE, "shall "),
        Piece(Op.NEW, "will "),
        Piece(Op.KEPT, "pay in "),
        Piece(Op.GONE, "30 "),
        Piece(Op.NEW, "45 "),
        Piece(Op.KEPT, "days."),
    )


def test_the_one_section_that_moved_is_told_and_its_neighbours_are_not():
    a, b, c, d = (Part(key, key.upper(), f"Text {key}") for key in "abcd")

    changes = compare([a, b, c, d], [d, a, b, c])

    assert [change.key for change in changes if change.moved] == ["d"]
    assert [change.how for change in changes] == [How.SAME] * 4
    assert told(changes[0]) == "“D”: moved"


def test_a_section_under_another_key_with_the_same_words_is_the_same_section():
    old, new = Part("x", "Travel", "At cost."), Part("y", "Expenses", "At cost.")

    (change,) = compare([old], [new])

    assert change.how is How.CHANGED
    assert (change.old, change.new) == (old, new)
    assert told(change) == "“Expenses”: renamed"


def test_removed_sections_stand_where_they_stood():
    a, b, c = (Part(key, key, key) for key in "abc")

    assert [change.key for change in compare([a, b, c], [a, c])] == ["a", "b", "c"]
    assert [change.key for change in compare([a, b, c], [b, c])] == ["a", "b", "c"]


def test_changes_read_as_sentences():
    old, new = Part("a", "Fees", "one two three"), Part("a", "Fees", "one 2 3 three")

    assert told(compare([old], [new])[0]) == "“Fees”: +2 −1 words"
    assert told(compare([], [new])[0]) == "added “Fees”"
    assert told(compare([old], [])[0]) == "removed “Fees”"
    spaced = Part("a", "Fees", "one  two three")
    assert told(compare([old], [spaced])[0]) == "“Fees”: +1 −1 words"


def test_an_overlong_paragraph_is_compared_by_sentences():
    sentences = [f"Sentence {number} says something of its own." for number in range(600)]
    changed = [*sentences]
    changed[300] = "Another one stands here."
    old, new = " ".join(sentences), " ".join(changed)
    assert len(old.split()) > MOST_WORDS

    pieces = words(old, new)

    assert applied(pieces) == new
    assert [piece.text.strip() for piece in pieces if piece.op is Op.NEW] == [changed[300]]
