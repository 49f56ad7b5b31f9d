"""Clauses out of statements of work that others wrote: the real ones, and how they are set."""

from __future__ import annotations

import os
from collections import Counter
from functools import reduce
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sow import arranging
from sow.bringing_in import parts_of
from sow.kinds import Kind, Status
from sow.models import Clause, ClauseVersion, Document, Purpose
from sow.paper import printed
from sow.saving import save
from tests.factories import NOON
from tests.sow.sheets import texts

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("EMDESK_SHARED") or PROJECT.parent / "shared")
REAL = sorted((SHARED / "data/sow").glob("*.md"))
WRITTEN = """Intro without a heading.

# Statement of Work

2.0 Scope of *work*
------------------

- One
- Two

#### Deeper

```
# not a heading
```

### 3.1. CHANGE CONTROL:

In writing, by {{ buyer.Name }}.

### 4 Change control

> # Not here

Again.
"""


def bring(*files, by):
    out = StringIO()
    call_command("import_clauses", *map(str, files), "--by", by.email, stdout=out)
    return out.getvalue()


def test_headings_begin_clauses_and_deeper_ones_stay_in_them():
    found = parts_of(WRITTEN)
    assert [(each.title, each.kind) for each in found] == [
        ("Scope of work", Kind.SCOPE),
        ("Change control", Kind.CHANGE),
        ("Change control", Kind.CHANGE),
    ]
    assert found[0].text.startswith("- One\n- Two\n\n#### Deeper")
    assert "# not a heading" in found[0].text
    assert found[1].text == "In writing, by {{ buyer.Name }}."
    assert found[2].text.startswith("> # Not here")


def test_a_file_is_brought_in_once_and_renewed_where_it_changed(practice, em, tmp_path):
    file = tmp_path / "ours.md"
    file.write_text(WRITTEN)
    assert bring(file, by=practice) == "ours.md: 3 new, 0 renewed, 0 as they were\n"
    assert bring(file, by=practice) == "ours.md: 0 new, 0 renewed, 3 as they were\n"
    file.write_text(WRITTEN.replace("Again.", "Once more."))
    assert bring(file, by=practice) == "ours.md: 0 new, 1 renewed, 2 as they were\n"
    clause = Clause.objects.get(key="ours-change-control-2")
    assert (clause.status, clause.latest) == (Status.DRAFT, 2)
    before = ClauseVersion.objects.count()
    other = tmp_path / "other.md"
    other.write_text("# Long\n\n" + "x" * 20_001)
    for wrong, by in (((file, other), practice), ((tmp_path / "none.md",), practice)):
        with pytest.raises(CommandError):
            bring(*wrong, by=by)
    file.write_text("# More\n\nWords")
    with pytest.raises(Exception, match="Practice"):
        bring(file, by=em)
    assert ClauseVersion.objects.count() == before


@pytest.mark.skipif(not REAL, reason="the shared statements of work are not on this machine")
def test_real_statements_of_work_become_clauses_and_are_set(practice, em, statement):
    said = bring(*REAL, by=practice)
    assert said.count(" 0 renewed, 0 as they were") == len(REAL)
    clauses = list(Clause.objects.with_text().filter(status=Status.DRAFT))
    assert len(clauses) > 40
    kinds = Counter(each.kind for each in clauses)
    assert {Kind.BACKGROUND, Kind.SCOPE, Kind.TRAVEL, Kind.FEES, Kind.EXCLUSIONS} <= set(kinds)
    add = [arranging.add("background", clause) for clause in clauses]
    version = save(
        statement,
        seen=1,
        by=em,
        at=NOON,
        act=lambda content: reduce(lambda c, act: act(c), add, content),
    )
    statement.refresh_from_db()
    asked = Document(
        statement=statement, version=version, purpose=Purpose.DRAFT, asked_by=em, asked_at=NOON
    )
    squeezed = "".join("".join(texts(printed(asked).pdf)).split())
    for clause in clauses:
        assert "".join(clause.title.split()) in squeezed, clause.title
    for words in ("< 7 business days from completion of auction", "buy.requestingAgency.name"):
        assert "".join(words.split()) in squeezed
