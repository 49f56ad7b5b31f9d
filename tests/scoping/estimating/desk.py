"""Typing into the sheet of an estimate as the page does it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client

from scoping.models import Estimate, EstimateLine, ResourceRole
from tests.scoping.markup import Element, parsed

PAGE = {"HX-Request": "true"}
COST_WORDS = ("cost", "margin", "cogs")


def add_line(estimate: Estimate, **fields: Any) -> EstimateLine:
    """A line past the editor; its role by key."""
    if "role" in fields:
        fields["role"] = ResourceRole.objects.get(key=fields["role"])
    place = estimate.lines.count() + 1
    return EstimateLine.objects.create(
        estimate=estimate, **{"position": place * 100, "title": f"Line {place}", **fields}
    )


def hours_of(estimate: Estimate) -> list[Decimal]:
    return list(estimate.lines.values_list("hours", flat=True))


def type_into(
    client: Client, estimate: Estimate, *, do: str = "save", script: bool = True, **cells: Any
) -> HttpResponse:
    """``cells`` by name, such as ``{"c.12.hours": "8"}``, beside token, row, offer, block."""
    token = Estimate.objects.get(pk=estimate.pk).token
    said = {"token": token, "do": do, **cells}
    return client.post(estimate.get_absolute_url(), said, headers=PAGE if script else None)


def answer(response: HttpResponse) -> Element:
    return parsed(response.content.decode())


def faults(response: HttpResponse) -> dict[str, str]:
    """By cell what is said of it: beside the sheet, or in it where all lines came anew."""
    every = answer(response).all()
    told = {each["data-fault"]: each.text for each in every if "data-fault" in each.attributes}
    cells = [each for each in every if each.name == "td"]
    for each in cells:
        marked = [child for child in each.children if "aria-invalid" in child.attributes]
        told |= {child["name"]: each.text for child in marked}
    return told
