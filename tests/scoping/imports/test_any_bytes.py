"""No bytes whatever make an import fail in any other way than by a report that adds up."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.ledger.models import Event
from tests.scoping.imports.conftest import adds_up, ask

FULL = 2_000
USUAL = 60
PIPELINE = b"""opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Moses Frase,GTXPro,Cancity,Won,2017-03-01,2017-04-30,1054
A2,Moses Frase,GTX Pro,"Isdom, Ltd",Lost,03/01/2017,04/30/2017,0
A3,Moses Frase,GTX Pro,,Prospecting,,,
"""
EXPORT = b"""Id,AccountId,Name,StageName,Amount,Probability,CloseDate,IsClosed,LastModifiedDate,Fiscal
006f40000Q00001AQA,001f4000003NkdYAAS,PS,4-Proposal,"USD 25,000.00",40,2021-09-30,,2021-08-01T09:00:00.000+0000,2021 3
006f40000Q00002AQA,001f4000003NkdYAAS,PS,Closed Won,25000,100,09/30/21,1,2021-08-01T09:00:00.000+0000,2022 1
"""
ISSUES = b"""Title,Description,Issue ID,URL,State,Author,Author Username,Assignee,Assignee Username,Confidential,Created At (UTC),Updated At (UTC),Closed At (UTC),Labels
Cancity - Migration,"| Customer | Cancity |
",1,https://t.example.com/a/b/-/issues/1,Closed,Ann,ann,Erin,erin,No,2021-02-01 10:00:00,2021-09-01 10:00:00,2021-09-01 10:00:00,"close_qtr::Q322,proposal::Closed_Won"
'=1+1,,2,https://t.example.com/a/b/-/issues/2,Open,Ann,ann,,,Yes,2021-02-01 10:00:00,2021-09-01 10:00:00,,"proposal::SOW_WIP,proposal::On_hold"
"""
PAGE = json.dumps(
    [
        {"id": 7, "iid": 1, "title": "A", "description": "b", "state": "closed", "labels": ["EM_Status::ToDo"],
         "created_at": "2021-02-01T10:00:00Z", "updated_at": "2021-03-01T10:00:00Z", "closed_at": None,
         "assignees": [{"username": "erin", "name": "Erin"}], "author": None, "confidential": False},
    ],
    indent=1,
).encode()  # fmt: skip
EVENTS = b'{"id": 1, "created_at": "2021-03-01T10:00:00Z", "resource_type": "Issue", "resource_id": 7, "label": {"name": "proposal::SOW_WIP"}, "action": "add"}\n'
FILES = [
    (PIPELINE, ("import_opportunities", "--source", "maven")),
    (EXPORT, ("import_opportunities", "--source", "salesforce")),
    (ISSUES, ("import_issues",)),
    (PAGE, ("import_issues",)),
    (EVENTS, ("import_issues",)),
]
TROUBLE = st.sampled_from(
    [b"", b'"', b",", b"\n", b"\r", b"\0", b"\xff", b";", b"'", b"=", b"-", b"9" * 30, b"{", b"]",
     b"null", b"true", b"1e400", b"NaN", "‮".encode(), "é".encode(), "٣".encode(), b"\\ud800",
     b"\\u0000", b"0000-00-00", b"9999-12-31", b"31/12/1999", b"x" * 300, b"\xef\xbb\xbf"]
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), TROUBLE), min_size=1, max_size=5)


class AnyBytes(TestCase):
    @given(st.sampled_from(FILES), CHANGES)
    @settings(max_examples=USUAL)
    def test_a_report_comes_of_any_bytes(self, file: tuple[bytes, Any], changes: Any) -> None:
        self.judge(file, changes)

    @pytest.mark.full
    @given(st.sampled_from(FILES), CHANGES)
    @settings(max_examples=FULL)
    def test_a_report_comes_of_very_many_bytes(self, file: tuple[bytes, Any], changes: Any) -> None:
        self.judge(file, changes)

    def judge(self, file: tuple[bytes, Any], changes: list[tuple[float, int, bytes]]) -> None:
        content, (command, *others) = file
        for place, length, trouble in changes:
            at = int(place * len(content))
            content = content[:at] + trouble + content[at + length :]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(content)
            status, report = ask(command, path, *others)
        assert status == (2 if any(p["verdict"] == "refuse" for p in report["problems"]) else 0)
        assert adds_up(report)
        if not report["created"]:
            assert not Event.objects.exists()
