"""Taking back one's own last change of an estimate."""

from __future__ import annotations

from typing import Any

from emdesk.people.models import User
from emdesk.workflow import Refused
from scoping.estimating.sheets import CONTENT, Sheet, plain
from scoping.models import Estimate, EstimateLine, EstimateStep


def undo(sheet: Sheet, *, by: User) -> None:
    """Set back what this person's last step changed, except what somebody changed again since.

    The sheet is then to be kept as ``undone``.
    """
    step = sheet.estimate.steps.filter(by=by, taken_back=False).order_by("-number").first()
    if step is None:
        raise Refused("There is nothing of yours to undo.")
    for key, was in step.before["lines"].items():
        _set_back(sheet, int(key), was, step.after["lines"][key])
    _restore(sheet.estimate, step.before["terms"], step.after["terms"])
    EstimateStep.objects.filter(pk=step.pk).update(taken_back=True)


def _set_back(sheet: Sheet, pk: int, was: dict[str, Any] | None, became: Any) -> None:
    line = sheet.line(pk)
    if became is None and was is not None and line is None:
        line = EstimateLine(pk=pk, estimate=sheet.estimate)
        _restore(line, was, {})
        sheet.lines.append(line)
        sheet.lines.sort(key=lambda each: each.position)
    elif was is None and line is not None and _untouched(line, became):
        sheet.lines.remove(line)
    elif was and became and line is not None:
        _restore(line, was, became)
        sheet.lines.sort(key=lambda each: each.position)


def _untouched(line: EstimateLine, became: dict[str, Any]) -> bool:
    return all(plain(getattr(line, name)) == became[name] for name in CONTENT)


def _restore(row: Estimate | EstimateLine, was: dict[str, Any], became: dict[str, Any]) -> None:
    for name, value in was.items():
        if name not in became or plain(getattr(row, name)) == became[name]:
            field: Any = row._meta.get_field(name)
            setattr(row, name, field.to_python(value))
