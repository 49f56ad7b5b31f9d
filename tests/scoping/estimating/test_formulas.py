from __future__ import annotations

import ast
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoping.estimating.formulas import Wrong, keys_in, parsed, reckon

D = Decimal
ANSWERS = {
    "B7": D(240),
    "B8": D(13),
    "B2": "SaaS",
    "B1": "GitHub Enterprise, Subversion",
    "E4": True,
}


@pytest.mark.parametrize(
    ("formula", "hours"),
    [
        ("8", "8"),
        ("8 + B7 * 0.1", "32"),
        ("0.1 + 0.2", "0.5"),
        ("ceil(B8 / 10) * 40", "80"),
        ("max(4, B8 / 2) - floor(1.9)", "5.5"),
        ('B7 * 0.1 if B2 == "saas" else B7 * 0.05', "24"),
        ('16 if "Subversion" in B1 and not B7 < 30 else 0', "16"),
        ('16 if "Sub" in B1 else 2', "2"),
        ("8 if E4 else 0", "8"),
        ("up(1.01) + min(1, 2)", "2.25"),
        ("8 if 30 <= B7 <= 300 else 1", "8"),
        ("2 * -(B8 - 14)", "2"),
    ],
)
def test_a_formula_gives_hours(formula: str, hours: str) -> None:
    assert reckon(formula, ANSWERS) == D(hours)


REFUSED = [
    *("", "B7 +", "8 8", "import os", "x = 3", "8; 9", "[1, 2]", "{1}", "(1, 2)", "B7[0]"),
    *("B7.real", "().__class__", "__import__('os')", "eval('1')", "max", "max()", "min(x=1)"),
    *("9 ** 9", "9 ** 9 ** 9", "9 // 2", "7 % 2", "1 << 99", "~1", "1 | 2", "lambda: 1"),
    *(
        "[x for x in B1]",
        "(i := 3)",
        "f'{B7}'",
        "b'1'",
        "1j",
        "None",
        "True",
        "...",
        "await B7",
    ),
    *("B7 / 0", "1e999", "1000000000 * 1000000000", "-1", "B8 - 14", "B9", "B2 + 1", "B2"),
    *("B2 < 3", "'a'", "ceil(1, 2)", "-" * 299 + "1"),
    *("1" * 301, "+".join(["1"] * 100), "not " * 40 + "1", "9" * 299 + "+1", "\0", "8 if 1"),
]


def test_anything_else_is_refused_with_a_reason() -> None:
    for formula in REFUSED:
        with pytest.raises(Wrong, match=r"[.]$"):
            pytest.fail(f"{formula}: {reckon(formula, ANSWERS)}")


def test_an_answer_that_is_missing_is_named() -> None:
    with pytest.raises(Wrong, match="B9 is not answered"):
        reckon("B7 + B9", ANSWERS)
    assert reckon("8 if B7 > 1 else B9", ANSWERS) == D(8), "only what is needed is asked"


def test_the_answers_a_formula_reads_are_known() -> None:
    assert keys_in('max(B7, 2) if B2 == "SaaS" else B7 + A1') == ["B2", "B7", "A1"]


SIGNS = "".join(map(chr, range(128))) + "²٣ß…＋"
PARTS = st.sampled_from(
    [
        "B7",
        "B8",
        "B2",
        "B1",
        "0",
        "1",
        "2.5",
        "1e9",
        "9",
        "+",
        "-",
        "*",
        "/",
        "**",
        "//",
        "%",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        ":",
        "if",
        "else",
        "and",
        "or",
        "not",
        "in",
        "<",
        "==",
        "max",
        "min",
        "up",
        "ceil",
        "__class__",
        "lambda",
        "for",
        "'a'",
        "{x}",
    ]
)


@given(st.lists(PARTS, max_size=60).map(" ".join) | st.text(SIGNS, max_size=80))
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_no_text_does_anything_but_give_hours_or_a_reason(formula: str) -> None:
    try:
        hours = reckon(formula, ANSWERS)
    except Wrong:
        return
    assert hours.is_finite()
    assert 0 <= hours <= D(1_000_000_001)
    assert not any(
        isinstance(part, ast.Attribute | ast.Subscript | ast.Lambda | ast.Pow)
        for part in ast.walk(parsed(formula))
    )
