"""Where changes of a return belong in the newest version, and that version with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from emdesk.workflow import Refused
from sow import arranging
from sow.carrying import Edit, Way, applied, as_markdown, shifted
from sow.content import Content
from sow.models import Redline, RedlineChange, Version
from sow.models.redline import Part, Source, Verdict
from sow.saving import Typed


class Carried:
    """Changes of one return, carried over to the newest version of the text."""

    def __init__(self, redline: Redline, head: Version) -> None:
        self.redline, self.head = redline, head
        self.base = Version.objects.get(statement=redline.statement_id, number=redline.version).said
        accepted = redline.changes.filter(verdict=Verdict.ACCEPTED)
        self.earlier: list[RedlineChange] = list(accepted)
        self.texts: dict[tuple[str, str], list[Edit]] = {}
        self.removed: list[str] = []
        self._ways: dict[tuple[str, str], tuple[Way, Way, list[Edit]] | None] = {}

    def can(self, change: RedlineChange) -> bool:
        """Whether it could be accepted as things stand."""
        return self._goes(change) if change.part == Part.CLAUSE else bool(self.place(change))

    def take_in(self, wished: Iterable[RedlineChange]) -> list[RedlineChange]:
        """Those that could be carried over."""
        done = []
        for each in wished:
            if each.part == Part.CLAUSE:
                if self._goes(each):
                    self.removed.append(each.section)
                    done.append(each)
            elif edit := self.place(each):
                self.texts.setdefault((each.section, each.part), []).append(edit)
                done.append(each)
        return done

    def place(self, change: RedlineChange) -> Edit | None:
        """Where it belongs in the newest version."""
        ways = self._way(change.section, change.part)
        if ways is None:
            return None
        to_base, to_head, before = ways
        edit = self._in_base(change, to_base)
        return to_head.carry(shifted(edit, before)) if edit else None

    @property
    def typed(self) -> list[Typed]:
        """The clauses as they read with the changes."""
        keys = dict.fromkeys(key for key, _ in self.texts)
        return [self._typed(key) for key in keys if key not in self.removed]

    def act(self, content: Content) -> Content:
        for key in self.removed:
            content = arranging.remove(key)(content)
        return content

    def _typed(self, key: str) -> Typed:
        section = self.head.said.section(key)
        if section is None:
            raise Refused("This section is not there any more. Look again.")
        title = applied(section.title, self.texts.get((key, Part.TITLE), []))
        text = applied(section.text, self.texts.get((key, Part.TEXT), []))
        return Typed(key, title, text)

    def _way(self, key: str, part: str) -> tuple[Way, Way, list[Edit]] | None:
        """From what went out to what it was made from, from there to the newest version, and
        what of this return was accepted before."""
        if (key, part) not in self._ways:
            self._ways[key, part] = self._find_way(key, part)
        return self._ways[key, part]

    def _find_way(self, key: str, part: str) -> tuple[Way, Way, list[Edit]] | None:
        was, now = self.base.section(key), self.head.said.section(key)
        if was is None or now is None or key not in self.redline.texts:
            return None
        base: str = getattr(was, part)
        to_base = Way(self.redline.texts[key][part], base)
        before = [
            edit
            for each in self.earlier
            if (each.section, each.part) == (key, part) and (edit := self._in_base(each, to_base))
        ]
        to_head = Way(applied(base, before), getattr(now, part), strict=True)
        return to_base, to_head, before

    def _in_base(self, change: RedlineChange, to_base: Way) -> Edit | None:
        """As a change of what was sent, with its fields and Markdown."""
        edit = to_base.carry(Edit(change.start, change.end, change.new))
        if edit is None or self.redline.source != Source.WORD or change.part == Part.TITLE:
            return edit
        new = as_markdown(edit.new, to_base.new, edit.start)
        return None if new is None else replace(edit, new=new)

    def _goes(self, change: RedlineChange) -> bool:
        """A clause nobody touched since may be taken out."""
        was, now = (said.section(change.section) for said in (self.base, self.head.said))
        return was is not None and now is not None and was.text == now.text
