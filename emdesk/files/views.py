"""Handing a file in and fetching it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from emdesk.files.forms import UploadForm
from emdesk.files.models import Download, StoredFile
from emdesk.files.refusal import Refused
from emdesk.files.rules import uploaders
from emdesk.files.storing import store
from emdesk.subjects import visible_subjects
from emdesk.web import SignedIn


@require_POST
def upload(request: SignedIn, label: str, pk: int) -> HttpResponse:
    subject = visible_subjects.find(label, pk, request.user)
    if not uploaders.allow(subject, request.user):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            store(subject, sent.file, sent.name, by=request.user, at=now())
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(f"{subject.get_absolute_url()}#files")
    context = {"form": form, "subject": subject, "label": label, "pk": pk}
    return render(request, "files/upload.html", context, status=422)


@require_GET
def download(request: SignedIn, pk: int) -> FileResponse:
    """The bytes as they were handed in, to be saved and never shown; who fetched them is kept."""
    stored = get_object_or_404(StoredFile, pk=pk)
    visible_subjects.find(stored.subject_type, stored.subject_id, request.user)
    try:
        content = stored.path.open("rb")
    except FileNotFoundError:
        raise Http404(f"{stored} is not where it was put.") from None
    Download.objects.create(file=stored, user=request.user, at=now())
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
