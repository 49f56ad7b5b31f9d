"""A version as a Word file, and such a file coming back."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.files.refusal import Refused as NotTaken
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import only_if
from sow import rules
from sow.models import Version
from sow.views.comparing import chosen_version
from sow.views.finding import find
from sow.word.returning import take_back
from sow.word.writing import docx_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def word(request: SignedIn, pk: int, number: int) -> HttpResponse:
    return word_file(chosen_version(find(request, pk), str(number)))


def word_file(version: Version) -> HttpResponse:
    name = f"{version.statement.number}-v{version.number}.docx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(docx_of(version), content_type=DOCX, headers=headers)


@require_POST
def returned(request: SignedIn, pk: int) -> HttpResponse:
    """``file`` is one of ours with changes; refused, it leaves nothing behind."""
    found = find(request, pk)
    only_if(rules.redlines(found.issue, request.user))
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        messages.error(request, "Choose a file first.")
        return redirect(found)
    try:
        kept = take_back(
            found, cast(BinaryIO, sent.file), sent.name or "", by=request.user, at=now()
        )
    except NotAllowed:
        raise
    except (NotTaken, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, f"Taken in: {kept.changes.count()} changes to decide.")
    return redirect(kept)
