"""The issue page: everything about one deal, and every small form on it."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import expect

from emdesk.activity.models import Comment
from emdesk.files.models import StoredFile
from scoping.facts import amend
from scoping.models import Answer, Meeting, Question
from scoping.states import State
from tests.browser.board import toast
from tests.factories import again, make_account, make_ready_issue


@pytest.fixture
def issue(amara, at):
    account = make_account(name="Silverlake University")
    return make_ready_issue(State.STRAWMAN_WIP, engagement_manager=amara, at=at, account=account)


@pytest.fixture
def page(visit, amara, issue):
    return visit(f"/issues/{issue.pk}/", amara)


def test_the_stepper_shows_the_way_and_moves_along_it(page, issue):
    stepper = page.get_by_role("navigation", name="Workflow")
    expect(stepper.locator("[aria-current=step]")).to_have_text(re.compile("Strawman_WIP"))
    expect(stepper).to_contain_text("Next: Estimate_Feedback.")
    expect(stepper.get_by_role("button", name="Approved")).to_have_count(0)

    stepper.get_by_role("button", name="Estimate_Feedback").click()

    expect(toast(page)).to_contain_text(f"{issue.reference} moved to Estimate_Feedback.")
    expect(stepper.locator("[aria-current=step]")).to_have_text(re.compile("Estimate_Feedback"))
    assert again(issue).state == State.ESTIMATE_FEEDBACK


def test_the_stepper_says_what_the_next_step_still_needs(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, segment=None, at=at)
    page = visit(f"/issues/{issue.pk}/", amara)

    stepper = page.get_by_role("navigation", name="Workflow")
    expect(stepper).to_contain_text(
        "Before Awaiting_Discovery: Choose a segment before it leaves Open."
    )


def test_ones_own_move_is_undone_from_the_page(page, issue):
    page.get_by_role("button", name="Estimate_Feedback").click()

    page.get_by_role("button", name="Undo").click()

    expect(toast(page)).to_contain_text(f"{issue.reference} is back in Strawman_WIP.")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_note_is_previewed_and_saved_without_leaving_the_page(page, amara):
    box = page.locator("#box-note-internal")

    box.get_by_label("Internal note").fill("They want **pipelines**.")
    box.get_by_role("button", name="Preview").click()
    expect(box.locator(".box-preview strong")).to_have_text("pipelines")
    box.get_by_role("button", name="Write").click()
    expect(box.get_by_label("Internal note")).to_have_value("They want **pipelines**.")
    box.get_by_role("button", name="Save internal note").click()

    expect(page.locator(".timeline .comment--internal strong")).to_have_text("pipelines")
    expect(box.get_by_label("Internal note")).to_have_value("")
    assert Comment.objects.get().author == amara


def test_a_note_for_the_customer_is_kept_apart(page):
    page.get_by_text("Write a customer-visible note instead").click()
    box = page.locator("#box-note-customer")
    box.get_by_role("textbox").fill("The estimate follows on Monday.")
    box.get_by_role("button", name="Save").click()

    expect(page.locator(".timeline .comment--customer")).to_contain_text("follows on Monday")


def test_what_somebody_writes_never_runs(page):
    box = page.locator("#box-note-internal")
    script = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"

    box.get_by_label("Internal note").fill(script)
    box.get_by_role("button", name="Save internal note").click()

    expect(page.locator(".comment .prose")).to_contain_text("window.ran")
    assert page.evaluate("window.ran") is None


def test_the_timeline_shows_notes_or_moves_only(page):
    page.locator("#box-note-internal").get_by_role("textbox").fill("A note.")
    page.get_by_role("button", name="Save internal note").click()
    timeline = page.locator("#timeline")
    expect(timeline.locator(".comment")).to_have_count(1)
    kinds = timeline.get_by_role("navigation").get_by_role("link")
    names = kinds.all_inner_texts()

    kinds.nth(len(names) - 1).click()

    expect(timeline.locator(f'[aria-current="true"]:text("{names[-1]}")')).to_be_visible()
    expect(page).to_have_url(re.compile(r"/issues/\d+/$"))


def test_a_question_is_answered_with_its_source(visit, amara, issue):
    question = Question.objects.get(key="A9")
    page = visit(f"/issues/{issue.pk}/", amara)

    page.get_by_text("Scoping answers").click()
    page.get_by_role("link", name=re.compile("Answer.*What hurts today")).click()
    page.get_by_label("What hurts today?").fill("Slow pipelines")
    page.get_by_label("Source").select_option(label="scoping call")
    page.get_by_role("button", name="Save answer").click()

    expect(page.locator("#question-A9")).to_contain_text("Slow pipelines")
    answer = Answer.objects.get(issue=issue, question=question)
    assert (answer.answered_by, answer.source) == (amara, "call")


def test_a_meeting_is_planned_with_a_calendar_file(page, issue, at):
    page.get_by_role("link", name="Plan a meeting").click()
    page.get_by_label("Kind").select_option(label="Scoping call")
    starts = localtime(at) + timedelta(days=1)
    page.get_by_label("Starts at").fill(starts.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Place").fill("https://meet.example/silverlake")
    page.get_by_role("button", name="Plan it").click()

    meetings = page.locator("#meetings")
    expect(meetings).to_contain_text("Scoping call")
    with page.expect_download() as download:
        meetings.get_by_role("link", name="Calendar file").click()
    assert download.value.suggested_filename == f"{issue.reference}.ics"
    assert Meeting.objects.get().issue == issue


def test_a_fact_is_edited(page, issue):
    page.get_by_role("link", name="Edit next step").click()
    page.get_by_label("Next step", exact=False).first.fill("Call Ana")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".issue-side")).to_contain_text("Call Ana")
    assert again(issue).next_step == "Call Ana"


def test_a_fact_somebody_changed_meanwhile_is_shown_and_not_overwritten(page, issue, lena, at):
    page.get_by_role("link", name="Edit next step").click()
    page.get_by_label("Next step", exact=False).first.fill("Call Ana")
    amend(again(issue), by=lena, at=at, next_step="Send the estimate")

    page.get_by_role("button", name="Save").click()

    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Somebody else changed this while you were writing.")
    expect(notice).to_contain_text("Send the estimate")
    expect(page.get_by_label("Next step", exact=False).first).to_have_value("Call Ana")
    assert again(issue).next_step == "Send the estimate"


def test_a_file_is_added_and_fetched(page):
    content = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
    page.get_by_label("Add a file").set_input_files(
        {"name": "estimate.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Add file").click()

    file = page.locator("#files").get_by_role("link", name="estimate.pdf")
    with page.expect_download() as download:
        file.click()
    assert download.value.path().read_bytes() == content
    assert StoredFile.objects.get().version == 1


def test_a_file_that_lies_about_its_kind_is_refused_with_the_reason(page):
    page.get_by_label("Add a file").set_input_files(
        {"name": "estimate.pdf", "mimeType": "application/pdf", "buffer": b"MZ not a PDF"}
    )
    page.get_by_role("button", name="Add file").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The file was not added")
    expect(page.get_by_role("alert")).to_be_visible()


def test_watching_is_one_button(page):
    page.get_by_role("button", name="Watch", exact=True).click()

    expect(page.get_by_role("button", name="Watching")).to_have_attribute("aria-pressed", "true")


def test_an_entry_has_an_address_of_its_own(page):
    link = page.locator("#timeline .permalink").first

    link.click()

    expect(page.locator(":target")).to_be_in_viewport()
