"""Bringing work over in four steps: the files, what they mean, a check, the run. And back again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.transaction import on_commit
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.exporting import TooMuch, download
from emdesk.files.refusal import Refused
from emdesk.people.sessions import unattended
from emdesk.web import SignedIn
from scoping import rules
from scoping.forms.importing import MappingForm, UploadForm
from scoping.imports import outcome, runs
from scoping.imports.leftovers import left_out
from scoping.imports.looking import LOOKED_AT, look
from scoping.imports.outcome import DEAL, ISSUE
from scoping.imports.undoing import plan
from scoping.imports.uploads import LARGEST, LARGEST_UNPACKED, MOST_FILES, take_in
from scoping.models import Deed, ImportRun, Opportunity, ScopingIssue, Step
from scoping.models.import_run import KEPT_DAYS
from scoping.tasks import carry_out_import
from scoping.views.editing import READ_WRITE

SHOWN, PAGE, ROWS = 20, 50, 50
LIMITS = {
    "most_files": MOST_FILES,
    "largest": LARGEST >> 20,
    "unpacked": LARGEST_UNPACKED >> 20,
    "days": KEPT_DAYS,
}
P = ParamSpec("P")


def for_importers(
    view: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[SignedIn, P], HttpResponse]:
    """For everybody else there is no such page."""

    @wraps(view)
    def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not rules.previews_imports(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def find(request: SignedIn, pk: int) -> ImportRun:
    found = ImportRun.objects.visible_to(request.user).select_related("by", "run_by", "undone_by")
    return get_object_or_404(found, pk=pk)


@READ_WRITE
@for_importers
def imports(request: SignedIn) -> HttpResponse:
    """Step 1, and the imports there were."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            return redirect(take_in(form.cleaned_data["upload"], by=request.user, at=now()))
        except Refused as refused:
            form.add_error("upload", str(refused))
    found = ImportRun.objects.visible_to(request.user).select_related("by", "run_by")
    pages = Paginator(found.prefetch_related("files"), SHOWN)
    context = {
        "form": form,
        "runs": pages.get_page(request.GET.get("page")),
        "applies": rules.applies_imports(request.user),
        **LIMITS,
    }
    return render(request, "scoping/imports.html", context, status=422 if form.errors else 200)


@require_safe
@for_importers
def import_run(request: SignedIn, pk: int) -> HttpResponse:
    run = find(request, pk)
    if _being_mapped(request, run):
        return _mapping(request, run)
    return render(request, "scoping/import_run.html", _context(request, run))


@require_POST
@for_importers
def import_map(request: SignedIn, pk: int) -> HttpResponse:
    """Step 2 is done: keep what was said, and have a worker check it."""
    run = find(request, pk)
    if run.deed or run.step == Step.DONE or run.files_removed_at:
        messages.error(request, "This import cannot be mapped any more. Upload the files again.")
        return redirect(run)
    form = _form(run, request.POST)
    if not form.is_valid():
        return _mapping(request, run, form)
    form.save()
    ImportRun.objects.filter(pk=run.pk, deed="").update(step=Step.MAP)
    if "again" not in request.POST:
        _have_done(request, run, Deed.CHECK)
    return redirect(run)


@require_POST
@for_importers
def import_start(request: SignedIn, pk: int) -> HttpResponse:
    """Step 4: for those who may import; engagement managers hand the checked import to them."""
    run = find(request, pk)
    _only_if(rules.applies_imports(request.user))
    if run.step != Step.CHECKED or run.refused or run.files_removed_at:
        messages.error(request, "Check this import first; a refused file has to go.")
    else:
        _have_done(request, run, Deed.RUN)
    return redirect(run)


@require_POST
@for_importers
def import_cancel(request: SignedIn, pk: int) -> HttpResponse:
    run = find(request, pk)
    _only_if(rules.applies_imports(request.user) or run.deed in ("", Deed.CHECK))
    if not runs.cancel(run):
        messages.error(request, "It had ended already.")
    return redirect(run)


@READ_WRITE
@for_importers
def import_undo(request: SignedIn, pk: int) -> HttpResponse:
    """What an undo would take back and what would stay; then the undo itself."""
    run = find(request, pk)
    _only_if(rules.applies_imports(request.user))
    if run.step != Step.DONE or run.deed:
        messages.error(request, "There is nothing to undo.")
        return redirect(run)
    if request.method == "POST":
        _have_done(request, run, Deed.UNDO)
        return redirect(run)
    planned = plan(run)
    gone, back = (
        {each: len(pks) for each, pks in part.items()} for part in (planned.gone, planned.back)
    )
    context = {
        "run": run,
        "lines": [
            ("Issues", gone[ISSUE], back[ISSUE]),
            ("Opportunities", gone[DEAL], back[DEAL]),
        ],
        "kept": planned.kept[:ROWS],
        "more": len(planned.kept) - ROWS,
    }
    return render(request, "scoping/import_undo.html", context)


@unattended
@require_safe
@for_importers
def import_progress(request: SignedIn, pk: int) -> HttpResponse:
    """How far it is; when it has ended, the whole step in place of the figures."""
    run = find(request, pk)
    if run.deed:
        return render(request, "scoping/_import_progress.html", {"run": run})
    response = render(request, "scoping/_import_step.html", _context(request, run))
    response["HX-Retarget"], response["HX-Reswap"] = "#import", "outerHTML"
    return response


@require_safe
@for_importers
def import_problems(request: SignedIn, pk: int) -> HttpResponse:
    run = find(request, pk)
    rows = ([p.file, p.line, p.record, p.word, p.reason] for p in outcome.problems(run))
    head = ["File", "Line", "Record", "Verdict", "Reason"]
    return _download(request, run, f"import-{run.pk}-problems", head, rows)


@require_safe
@for_importers
def import_left_out(request: SignedIn, pk: int, number: int) -> HttpResponse:
    run = find(request, pk)
    file = get_object_or_404(run.files.all(), number=number)
    head, rows = left_out(file)
    return _download(request, run, f"import-{run.pk}-left-out-{number}", head, rows)


@require_safe
@for_importers
def import_changes(request: SignedIn, pk: int, what: str, how: str) -> HttpResponse:
    """The issues or opportunities an import made or changed, as far as one may see them."""
    run = find(request, pk)
    if what not in ("issues", "opportunities") or how not in ("made", "changed"):
        raise Http404
    label = ISSUE if what == "issues" else DEAL
    keys = outcome.created(run, label) if how == "made" else outcome.changed(run, label)
    rows: QuerySet[Any]
    if what == "issues":
        rows = ScopingIssue.objects.visible_to(request.user).with_people()
    else:
        rows = Opportunity.objects.visible_to(request.user).select_related("account")
    pages = Paginator(rows.filter(pk__in=keys).order_by("pk"), ROWS)
    context = {
        "run": run,
        "page": pages.get_page(request.GET.get("page")),
        "what": what,
        "how": how,
    }
    return render(request, "scoping/import_changes.html", context)


def _being_mapped(request: SignedIn, run: ImportRun) -> bool:
    if run.deed or run.files_removed_at or run.step == Step.DONE:
        return False
    return run.step == Step.MAP or request.GET.get("step") == "map"


def _form(run: ImportRun, data: Any = None) -> MappingForm:
    sights = [look(file, run.fields, now()) for file in run.files.all()]
    return MappingForm(run, sights, data)


def _mapping(request: SignedIn, run: ImportRun, form: MappingForm | None = None) -> HttpResponse:
    form = form or _form(run)
    context = {
        "run": run,
        "form": form,
        "files": list(zip(form.kept, form.kinds, form.sights, strict=True)),
        "looked_at": LOOKED_AT,
        "stage": 2,
    }
    status = 422 if form.errors else 200
    return render(request, "scoping/import_map.html", context, status=status)


def _context(request: SignedIn, run: ImportRun) -> dict[str, Any]:
    many = run.counts.get("problems", 0)
    page = Paginator(range(many), PAGE).get_page(request.GET.get("page"))
    start = (page.number - 1) * PAGE
    return {
        "run": run,
        "stage": 4 if run.step in (Step.DONE, Step.UNDONE) or run.deed in ("run", "undo") else 3,
        "applies": rules.applies_imports(request.user),
        "page": page,
        "problems": list(outcome.problems(run, start, PAGE)),
        "files": list(run.files.all()),
        "may_cancel": rules.applies_imports(request.user) or run.deed == Deed.CHECK,
    }


def _have_done(request: SignedIn, run: ImportRun, deed: Deed) -> None:
    if runs.ask(run, deed, by=request.user, at=now()):
        # Should the queue be away, beat sends it.
        on_commit(lambda: carry_out_import.delay(run.pk) and None, robust=True)
    else:
        messages.error(request, "A worker is at it already.")


def _download(
    request: SignedIn, run: ImportRun, name: str, head: list[str], rows: Any
) -> HttpResponse:
    try:
        return download("csv", name, head, rows)
    except TooMuch as too_much:
        messages.error(request, str(too_much))
        return redirect(run)


def _only_if(allowed: bool) -> None:  # noqa: FBT001 (reads as the sentence it is)
    if not allowed:
        raise PermissionDenied
