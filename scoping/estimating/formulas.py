"""Hours from scoping answers: ``8 + B7 * 0.1 if B2 == "SaaS" else B7 * 0.05``.

A formula is arithmetic over answers, named by their questions' keys, and nothing more: numbers,
+ - * / and comparisons, ``and or not``, ``x if y else z``, ``"SaaS" in B2``, min, max, ceil, floor
and up (to the quarter hour). There are no attributes, calls of anything else, loops, powers or
assignments, so it can neither hang nor reach anything; length, depth and size are capped. Numbers
are Decimals throughout, which is why no expression library does the arithmetic: those found work
in binary floating point.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, DecimalException
from functools import lru_cache
from typing import Any

from scoping.pricing import quarters

Value = Decimal | str | bool
LONGEST, MOST_PARTS, DEEPEST = 300, 120, 20
LARGEST = Decimal(1_000_000_000)
ARITHMETIC: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
CALLS: dict[str, Callable[..., Decimal]] = {
    "min": min,
    "max": max,
    "ceil": lambda number: number.to_integral_value(ROUND_CEILING),
    "floor": lambda number: number.to_integral_value(ROUND_FLOOR),
    "up": quarters,
}
SEVERAL = {"min", "max"}
ALLOWED = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.UAdd, ast.USub, ast.Not, ast.BoolOp, ast.And),
    *(ast.Or, ast.Compare, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.IfExp, ast.Call, ast.Name),
    *(ast.Load, ast.Constant, *ARITHMETIC, *ORDER),
)


class Wrong(ValueError):
    """The formula cannot be reckoned; says what to change, or which answer is missing."""


def reckon(formula: str, answers: Mapping[str, Value]) -> Decimal:
    """The hours a formula gives; :class:`Wrong` when it gives none from 0 upwards."""
    try:
        found = _Reckoner(answers).value(parsed(formula).body)
    except (DecimalException, ArithmeticError):
        raise Wrong("The formula divides by zero or grows too large.") from None
    number = _number(found)
    if number < 0:
        raise Wrong("The formula gives less than no hours.")
    return quarters(number)


@lru_cache(maxsize=2_000)
def parsed(formula: str) -> ast.Expression:
    """The formula as a tree, when it is one of ours."""
    if len(formula) > LONGEST:
        raise Wrong(f"Write a formula of at most {LONGEST} characters.")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
        parts = list(ast.walk(tree))
        deep = _depth(tree)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Wrong("This is no formula. Write it like 8 + B7 * 0.1.") from None
    if len(parts) > MOST_PARTS or deep > DEEPEST:
        raise Wrong("The formula is too long. Split the line in two.")
    for part in parts:
        _admit(part)
    return tree


def fault_in(formula: str) -> str:
    """Why a text is no formula; empty when it is one, whatever its answers will be."""
    try:
        parsed(formula)
    except Wrong as wrong:
        return str(wrong)
    return ""


def keys_in(formula: str) -> list[str]:
    """The questions whose answers a formula reads, in the order it names them."""
    names = (part.id for part in ast.walk(parsed(formula)) if isinstance(part, ast.Name))
    return [key for key in dict.fromkeys(names) if key not in CALLS]


def _admit(part: ast.AST) -> None:
    if not isinstance(part, ALLOWED):
        raise Wrong("A formula holds numbers, answers, + - * / and comparisons only.")
    if isinstance(part, ast.Constant) and type(part.value) not in {int, float, str}:
        raise Wrong("A formula holds numbers and words in quotes only.")
    if isinstance(part, ast.Call):
        known = isinstance(part.func, ast.Name) and part.func.id in CALLS
        if not known or part.keywords or not part.args:
            raise Wrong(f"A formula knows {', '.join(CALLS)} only.")


def _depth(tree: ast.AST) -> int:
    """How deep the tree goes, reckoned level by level, so that depth itself is no danger."""
    level, depth = [tree], 0
    while level and depth <= DEEPEST:
        level = [child for part in level for child in ast.iter_child_nodes(part)]
        depth += 1
    return depth


class _Reckoner:
    def __init__(self, answers: Mapping[str, Value]) -> None:
        self.answers = answers

    def value(self, part: Any) -> Value:
        found: Value = getattr(self, f"_{type(part).__name__.lower()}")(part)
        if isinstance(found, Decimal) and abs(found) > LARGEST:
            raise Wrong("The formula grows too large.")
        return found

    def _constant(self, part: ast.Constant) -> Value:
        return part.value if isinstance(part.value, str) else Decimal(str(part.value))

    def _name(self, part: ast.Name) -> Value:
        if part.id not in self.answers:
            raise Wrong(f"{part.id} is not answered with something a formula can use yet.")
        return self.answers[part.id]

    def _binop(self, part: ast.BinOp) -> Value:
        reckoned = ARITHMETIC[type(part.op)]
        return reckoned(_number(self.value(part.left)), _number(self.value(part.right)))

    def _unaryop(self, part: ast.UnaryOp) -> Value:
        if isinstance(part.op, ast.Not):
            return not self.value(part.operand)
        number = _number(self.value(part.operand))
        return -number if isinstance(part.op, ast.USub) else number

    def _boolop(self, part: ast.BoolOp) -> Value:
        values = (bool(self.value(each)) for each in part.values)
        return all(values) if isinstance(part.op, ast.And) else any(values)

    def _ifexp(self, part: ast.IfExp) -> Value:
        return self.value(part.body if self.value(part.test) else part.orelse)

    def _compare(self, part: ast.Compare) -> Value:
        left = self.value(part.left)
        for sign, each in zip(part.ops, part.comparators, strict=True):
            right = self.value(each)
            if not _holds(left, sign, right):
                return False
            left = right
        return True

    def _call(self, part: ast.Call) -> Value:
        name = part.func.id if isinstance(part.func, ast.Name) else ""
        if name not in SEVERAL and len(part.args) != 1:
            raise Wrong(f"{name} takes one number.")
        return CALLS[name](*(_number(self.value(each)) for each in part.args))


def _holds(left: Value, sign: ast.cmpop, right: Value) -> bool:
    if isinstance(sign, ast.In | ast.NotIn):
        words = str(right).casefold().split(", ")
        return (str(left).casefold() in words) is isinstance(sign, ast.In)
    if isinstance(sign, ast.Eq | ast.NotEq):
        return (_same(left) == _same(right)) is isinstance(sign, ast.Eq)
    return ORDER[type(sign)](_number(left), _number(right))


def _same(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _number(value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    raise Wrong("A formula can only reckon with numbers; compare words with == or in.")
