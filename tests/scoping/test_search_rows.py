"""The words an issue is found by are those a rebuild would give it, whatever happened to it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import F, Func, Value
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.activity.commenting import comment, reword, withdraw
from scoping.closing import merge
from scoping.facts import amend, answer, assign
from scoping.models import Answer, Question, ScopingIssue, Wording
from scoping.search.wordings import WORDINGS
from scoping.states import State
from tests.factories import NOON, make_account, make_issue, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def words_of(issue):
    return set(
        Wording.objects.filter(issue=issue)
        .annotate(word=Func(Func(F("words"), function="tsvector_to_array"), function="unnest"))
        .values_list("word", flat=True)
    )


@pytest.fixture
def em():
    return make_user()


@pytest.fixture
def issue(em):
    return make_issue(
        title="Leave Subversion",
        description="Twelve repositories",
        next_step="Ring Ann",
        current_state="Waits for legal",
        free_labels=["urgent-deal"],
        account=make_account(name="Saltmarsh"),
        engagement_manager=em,
    )


def test_an_issue_is_found_by_all_it_says_of_itself(issue):
    said = "leave subversion twelve repositories ring ann waits legal urgent deal saltmarsh ps"

    assert {*said.split(), str(issue.pk)} <= words_of(issue)


def test_an_answer_and_a_comment_are_among_its_words(issue, em):
    question = Question.objects.filter(service="").first()
    answer(issue, question, text="Gerrit", source="call", by=em, at=LATER)
    comment(issue, "They mentioned Zuul", by=em, at=LATER)

    assert {"gerrit", "zuul"} <= words_of(issue)


def test_what_is_taken_back_is_no_longer_among_them(issue, em):
    said = comment(issue, "Zuul", by=em, at=LATER)
    reword(said, issue, "Tekton", by=em, at=LATER)
    assert "tekton" in words_of(issue)
    assert "zuul" not in words_of(issue)

    withdraw(said, issue, by=em, at=LATER)
    question = Question.objects.filter(service="").first()
    answer(issue, question, text="Gerrit", source="call", by=em, at=LATER)
    Answer.objects.all().delete()

    assert not {"tekton", "gerrit"} & words_of(issue)


def test_a_renamed_account_renames_all_its_issues(issue):
    other = make_issue(account=issue.account)
    issue.account.name = "Tidewater"
    issue.account.save()

    for each in (issue, other):
        assert "tidewater" in words_of(each)
        assert "saltmarsh" not in words_of(each)


def test_an_issue_given_to_another_account_goes_by_its_name(issue, em):
    amend(issue, by=em, at=LATER, account=make_account(name="Tidewater"))

    assert "tidewater" in words_of(issue)
    assert "saltmarsh" not in words_of(issue)


def test_comments_about_something_else_are_not_its_words(issue, em):
    said = comment(issue, "Zuul", by=em, at=LATER)
    type(said).objects.create(
        subject_type="scoping.account",
        subject_id=issue.pk,
        author=em,
        body="Elsewhere",
        created_at=LATER,
    )

    assert "elsewhere" not in words_of(issue)
    assert WORDINGS.differences() == 0


def test_a_change_of_no_words_leaves_the_row_alone(issue, em):
    before = Wording.objects.annotate(at=Func(F("issue_id"), template="xmin::text")).get(
        issue=issue
    )
    assign(issue, None, by=em, at=LATER)
    after = Wording.objects.annotate(at=Func(F("issue_id"), template="xmin::text")).get(issue=issue)

    assert before.at == after.at


@pytest.mark.parametrize("spoil", ["lose", "tell wrong"])
def test_rows_that_differ_are_counted_and_rebuilt(spoil, issue):
    make_issue()
    rows = Wording.objects.filter(issue=issue)
    if spoil == "lose":
        rows.delete()
    else:
        rows.update(words=Func(Value("wrong"), function="to_tsvector"))

    assert WORDINGS.differences() == 1
    call_command("rebuild", verbosity=0)

    assert WORDINGS.differences() == 0
    assert "subversion" in words_of(issue)


LONG = "".join(
    chr(0x4E00 + number % 20_000) + (" " if number % 3 else "") for number in range(50_000)
)


@pytest.mark.parametrize("text", [LONG, "x" * 50_000, "'\\:*&|!<->()" * 3_000, "🦊" * 20_000])
def test_no_text_is_too_long_or_too_strange_to_be_kept(issue, em, text):
    amend(issue, by=em, at=LATER, description=text)
    for _ in range(9):
        comment(issue, text[:20_000], by=em, at=LATER)

    assert "subversion" in words_of(issue)
    assert WORDINGS.differences() == 0


text = st.text(alphabet="abÄöß -'.@🦊1", min_size=1, max_size=12).filter(str.strip)
deeds = st.lists(
    st.tuples(
        st.sampled_from(
            ["amend", "say", "reword", "withdraw", "answer", "rename", "raise", "merge"]
        ),
        st.integers(0, 5),
        text,
    ),
    max_size=12,
)


class AnyCourse(TestCase):
    @given(deeds)
    def test_following_change_by_change_gives_what_a_rebuild_gives(self, course):
        em = make_user()
        desk = Course(em)
        for deed, which, said in course:
            desk.do(deed, which, said)

        assert WORDINGS.differences() == 0


class Course:
    """Two issues of one account, and what happens to them."""

    def __init__(self, em):
        self.em, self.account = em, make_account()
        self.said = []
        for _ in range(2):
            self.do("raise", 0, "First")

    def do(self, deed, which, said):
        issues = list(ScopingIssue.objects.exclude(state=State.CLOSED).order_by("pk"))
        issue = issues[which % len(issues)] if issues else None
        by = {"by": self.em, "at": LATER}
        match deed:
            case "raise":
                make_issue(title=said, account=self.account, engagement_manager=self.em)
            case "rename":
                self.account.name = said
                self.account.save()
            case "amend":
                amend(issue, title=said, next_step=said[::-1], free_labels=[said], **by)
            case "say":
                self.said.append((comment(issue, said, **by), issue))
            case "answer":
                question = Question.objects.filter(service="").first()
                answer(issue, question, text=said, source="call", **by)
            case "merge" if len(issues) > 1:
                merge(issues[-1], issues[0], **by)
            case "reword" | "withdraw" if self.said:
                self.about(deed, which, said, by)

    def about(self, deed, which, said, by):
        remark, issue = self.said[which % len(self.said)]
        remark.refresh_from_db()
        if remark.withdrawn_at:
            return
        if deed == "reword":
            reword(remark, issue, said, **by)
        else:
            withdraw(remark, issue, **by)
