"""What a version of a statement of work says: fields with their values, and sections of text.

Texts name fields as ``{{ start_date }}``; a field's value shows wherever it is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scoping.estimating.freezing import digest_of as digest_of_json
from sow.fields import filled, shown

Json = dict[str, Any]
DRAFT, LIBRARY, FALLBACK, HAND = "draft", "library", "fallback", "hand"


@dataclass(frozen=True)
class Section:
    """``key`` stays from version to version. ``source`` says where the text was taken from:
    ``from`` (the first draft, the library, a fallback, by hand), ``clause`` and ``version`` of the
    library, and the digest of the text as it was then.
    """

    key: str
    kind: str
    title: str
    text: str
    source: Mapping[str, Any] = field(default_factory=lambda: {"from": HAND})

    @property
    def edited(self) -> bool:
        """Whether it says something else than where it was taken from."""
        return "digest" in self.source and self.source["digest"] != digest_of_text(self.text)

    @property
    def standing(self) -> str:
        """What the outline marks it with."""
        origin = self.source["from"]
        if origin == HAND:
            return "new"
        if self.edited:
            return "edited"
        return {DRAFT: "as drafted", LIBRARY: "standard", FALLBACK: "fallback"}[origin]


@dataclass(frozen=True)
class Content:
    fields: Mapping[str, str]
    sections: tuple[Section, ...]

    @classmethod
    def read(cls, said: Json) -> Content:
        """From the JSON a version keeps."""
        return cls(said["fields"], tuple(Section(**each) for each in said["sections"]))

    def written(self) -> Json:
        return {
            "fields": dict(self.fields),
            "sections": [
                {
                    "key": each.key,
                    "kind": each.kind,
                    "title": each.title,
                    "text": each.text,
                    "source": dict(each.source),
                }
                for each in self.sections
            ],
        }

    def section(self, key: str) -> Section | None:
        return next((each for each in self.sections if each.key == key), None)

    def of(self, *kinds: str) -> list[Section]:
        return [each for each in self.sections if each.kind in kinds]

    def text_of(self, section: Section) -> str:
        """Its text with every known field filled in."""
        return filled(section.text, self.fields)

    def title_of(self, section: Section) -> str:
        return filled(section.title, self.fields)

    def plain(self) -> Content:
        """The same with every known field filled in, as another party reads it."""
        read = (
            replace(each, title=self.title_of(each), text=self.text_of(each))
            for each in self.sections
        )
        return replace(self, sections=tuple(read))

    def value(self, name: str) -> str:
        """A field as people read it; empty when nobody knows it."""
        return shown(name, self.fields.get(name, ""))


def digest_of(said: Json) -> str:
    """SHA-256 of all a version says, keys in order; whatever is decided is bound to it."""
    return digest_of_json(said)


def digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def source(origin: str, text: str, **of: Any) -> dict[str, Any]:
    return {"from": origin, "digest": digest_of_text(text), **of}


def free_key(kind: str, taken: Iterable[str]) -> str:
    """The kind, or the kind with the first number nobody has."""
    keys = set(taken)
    numbered = (kind if number == 1 else f"{kind}-{number}" for number in range(1, len(keys) + 2))
    return next(key for key in numbered if key not in keys)
