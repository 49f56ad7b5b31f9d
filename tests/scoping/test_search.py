"""What a search finds, in which order, and what it says about words it does not know."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.activity.commenting import comment
from emdesk.people.models import Role
from scoping.models import ScopingIssue
from scoping.search import finding
from scoping.search.asking import exactly, read
from scoping.search.hits import hits_markup
from scoping.states import Outcome, State
from tests.factories import NOON, make_account, make_issue, make_segment, make_user
from tests.oracles import search as oracle

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def em():
    return make_user(name="Maya Okafor")


def found(user, text):
    """Keys of what is found, in order."""
    return [hit.pk for hit in finding.ranked(read(text, user), user)]


def finds(user, text, issue):
    return issue.pk in found(user, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Migration of repositories", "migr"),
        ("Migration of repositories", "MIGRATION"),
        ("Migration of repositories", "migrations"),
        ("Migrate it all", "migration"),
        ("Grüße aus Köln", "Koln"),
        ("Grüße aus Köln", "köln"),
        ("Grüße aus Köln", "Koeln"),
        ("Grüße aus Köln", "gruss"),
        ("Straße der Mueller", "strasse müller"),
        ("STRASSE", "straße"),
        ("Cre\u0301dit", "credit"),
        ("C++ and C# builds", "c++"),
        ("C++ and C# builds", "C#"),
        ("Part AB-1234/7", "ab-1234"),
        ("Part AB-1234/7", "1234"),
        ("Part AB-1234/7", "AB-1234/7"),
        ("Ask ann@saltmarsh.example", "ann@saltmarsh.example"),
        ("Ask ann@saltmarsh.example", "saltmarsh"),
        ("single-sign-on for all", "single-sign-on"),
        ("single-sign-on for all", "sign"),
        ("single sign on for all", '"single sign"'),
        ("The O'Brien account", "o'brien"),
        ("東雲物流 rollout", "東雲"),
        ("Version 17.4", "17.4"),
        ("the and of", "the of"),
    ],
)
def test_words_are_found_however_people_spell_them(em, title, text):
    issue = make_issue(title=title)

    assert finds(em, text, issue)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Migration of repositories", "igration"),
        ("Migration of repositories", "migration subversion"),
        ("sign single", '"single sign"'),
        ("C builds", "c++"),
        ("Part AB 12", "AB-1234"),
        ("Queen", "queue"),
        ("Document", "doing"),
    ],
)
def test_other_words_are_not(em, title, text):
    issue = make_issue(title=title)

    assert not finds(em, text, issue)


STRANGE = [
    '"',
    '""',
    "'",
    "a'b:*|c & !d (",
    "\\",
    "\0",
    "a\0b",
    "🦊",
    "%",
    "_",
    ":",
    "::",
    "em:",
    'em:"',
    "is:\0",
    "state:'",
    "x" * 10_000,
    "é" * 5_000,
    "a " * 5_000,
    "(" * 500,
    "<b>&amp;",
    "²",
    "\ud7ff\ue000",
    "-",
    "PS-999999999999999999999",
    "#0",
    "0",
    "quarter:Q999",
    "quarter:",
    "account:%",
    "' || pg_sleep(9) || '",
]


@pytest.mark.parametrize("text", STRANGE)
def test_anything_may_be_asked(em, text):
    make_issue(title="Plain")
    asked = read(text, em)

    hits = finding.ranked(asked, em)
    hits_markup(hits)
    finding.accounts(asked, em)
    finding.people(asked, em)


def test_title_and_account_come_first_then_what_is_live_then_what_moved_last(em):
    said = make_issue(description="Subversion", at=NOON + 9 * DAY)
    closed = make_issue(State.CLOSED, title="Subversion", at=NOON + 8 * DAY)
    older = make_issue(title="Subversion", at=NOON)
    newer = make_issue(account=make_account(name="Subversion Ltd"), at=NOON + DAY)

    assert found(em, "subversion") == [newer.pk, older.pk, closed.pk, said.pk]


def test_the_number_asked_for_comes_before_everything(em):
    wanted = make_issue(title="Old", at=NOON - DAY)
    mention = make_issue(title=f"See PS-{wanted.pk}", at=NOON)

    assert found(em, f"PS-{wanted.pk}") == [wanted.pk, mention.pk]
    assert found(em, f'"PS-{wanted.pk}"')[0] == mention.pk


def test_every_hit_knows_how_many_there_are(em):
    for _ in range(4):
        make_issue(title="Subversion")
    asked = read("subversion", em)

    assert [hit.total for hit in finding.ranked(asked, em, page=2, size=3)] == [4]


def test_operators_narrow_down_alone_and_with_words(em):
    segment = make_segment("Ent_EMEA")
    other = make_user(name="Jonas Lind")
    mine = make_issue(State.SOW_WIP, title="Alpha", engagement_manager=em, segment=segment)
    his = make_issue(State.STRAWMAN_WIP, title="Alpha", engagement_manager=other)
    won = make_issue(
        State.CLOSED, title="Alpha", outcome=Outcome.WON, close_quarter="Q322", at=NOON
    )
    lost = make_issue(State.CLOSED, title="Beta", outcome=Outcome.LOST, close_quarter="Q422")

    expected = {
        "em:me": {mine},
        "em:jonas": {his},
        'em:"Jonas Lind"': {his},
        'em:"Jonas"': set(),
        "em:none alpha": {won},
        "state:SOW_WIP": {mine},
        "state:sowwip": {mine},
        "is:open": {mine, his},
        "is:closed": {won, lost},
        "is:won": {won},
        "is:lost": {lost},
        "quarter:q322": {won},
        "segment:Ent_EMEA": {mine},
        "segment:ent": {mine},
        "alpha is:open em:me": {mine},
        "beta is:open": set(),
        exactly("account", his.account.name): {his},
    }
    for text, issues in expected.items():
        assert set(found(em, text)) == {issue.pk for issue in issues}, text


def test_a_name_with_quotes_is_asked_for_exactly(em):
    issue = make_issue(account=make_account(name='The "Quoted" Co'))
    make_issue(account=make_account(name="The Quoted Co"))

    assert found(em, exactly("account", issue.account.name)) == [issue.pk]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("foo:bar", "foo: is not an operator"),
        ("state:nowhere", "state:nowhere says nothing"),
        ("is:maybe", "is:maybe says nothing"),
        ("quarter:soon", "quarter:soon says nothing"),
        ("x" * 400, "Only the first 300 characters"),
        ("a b c d e f g h i j k l m n", "Only the first 12 words"),
    ],
)
def test_what_is_not_understood_is_said(em, text, says):
    assert any(says in problem for problem in read(text, em).problems)


@pytest.mark.parametrize("text", ["https://example.com/a", "10:30", "em:me alpha", '"foo:bar"'])
def test_what_is_understood_needs_no_word(em, text):
    assert read(text, em).problems == []


def test_an_unknown_operator_is_searched_for_as_words(em):
    issue = make_issue(title="DACH:Rollout")

    assert finds(em, "dach:rollout", issue)


def test_what_is_beside_the_title_is_shown_where_it_stands(em):
    issue = make_issue(
        title="Alpha", description=f"{'far ' * 90}Zebra <b>& more{' near' * 90}", next_step="Gnu"
    )
    comment(issue, "An Okapi & a <script>", by=em, at=NOON)

    zebra, gnu, okapi = (
        hits_markup(finding.ranked(read(text, em), em)) for text in ("zebra", "alpha gnu", "okapi")
    )
    assert "<span>Description</span> … " in zebra
    assert "<mark>Zebra</mark> &lt;b&gt;&amp; more" in zebra
    assert "<mark>Alpha</mark>" in gnu
    assert "<span>Next step</span> <mark>Gnu</mark>" in gnu
    assert "<span>Comment</span> An <mark>Okapi</mark> &amp; a &lt;script&gt;" in okapi


def test_accounts_are_counted_as_far_as_one_sees_their_issues(em):
    account = make_account(name="Saltmarsh Ltd")
    requester = make_user(Role.ACCOUNT_TEAM)
    make_issue(account=account, requester=requester)
    make_issue(State.CLOSED, account=account)
    make_issue(account=make_account(name="Saltmarsh Unseen"))
    asked = read("saltm", em)

    seen = {(each.name, each.count, each.live) for each in finding.accounts(asked, em)}
    assert seen == {("Saltmarsh Ltd", 2, 1), ("Saltmarsh Unseen", 1, 1)}
    (own,) = finding.accounts(asked, requester)
    assert (own.name, own.count) == ("Saltmarsh Ltd", 1)


def test_people_are_for_those_who_see_everybodys_issues(em):
    asked = read("okaf", em)

    assert [each.name for each in finding.people(asked, em)] == ["Maya Okafor"]
    assert finding.people(asked, make_user(Role.ACCOUNT_TEAM)) == []


letters = "abcÄöüß+#-'.@/_ 12ÉéçŁ"
texts = st.text(alphabet=letters, max_size=24)
words = st.text(alphabet="abcÄöüß+#-'.@/_ 12", min_size=1, max_size=6)


class AnyText(TestCase):
    @given(st.lists(texts, min_size=1, max_size=4), words)
    def test_those_and_only_those_that_hold_the_words_are_found(self, said, wanted):
        em = make_user()
        issues = [make_issue(title="-", description=each) for each in said]
        texts_of = {
            issue.pk: f"{issue.title} PS-{issue.pk} {issue.account} {issue.description}"
            for issue in issues
        }
        asked = read(wanted, em)

        hits = {issue.pk for issue in finding.issues(asked, em)} if asked.said else set()

        assert hits == (oracle.found(texts_of, asked.said) if asked.said else set())


def test_only_visible_issues_are_found(em):
    hidden = make_issue(title="Quagga")
    outsider = make_user(Role.ACCOUNT_TEAM)

    assert finds(em, "quagga", hidden)
    assert found(outsider, "quagga") == []
    assert ScopingIssue.objects.count() == 1
