"""Which segment a customer belongs to: by its size, its country and the office that sells to it."""

from __future__ import annotations

SMALL, LARGE = 100, 2_000
AMERICAS = {
    "argentina", "brazil", "canada", "chile", "colombia", "mexico", "panama", "peru",
    "united states",
}  # fmt: skip
PACIFIC = {
    "australia", "china", "hong kong", "india", "indonesia", "japan", "korea", "malaysia",
    "new zealand", "philipines", "philippines", "singapore", "south korea", "taiwan", "thailand",
    "vietnam",
}  # fmt: skip


def segment(employees: int | None, country: str, office: str) -> str:
    """The segment's name, or nothing when size or place is not known."""
    if employees is None or not country:
        return ""
    if employees < SMALL:
        return "SMB"
    size = "Ent" if employees >= LARGE else "MM"
    return f"{size}_{_region(country, office)}"


def _region(country: str, office: str) -> str:
    where = country.strip().casefold()
    if where in PACIFIC:
        return "APAC"
    if where not in AMERICAS:
        return "EMEA"
    return "West" if office == "West" else "East"
