"""What mails said is removed after a while, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.configuration.values import set_value
from emdesk.notifications import purging
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import post
from emdesk.people.models import Role
from tests.factories import NOON, TODAY, make_user
from tests.notifications.browsing import browser, page_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def written(em, days_ago, **state):
    at = NOON - days_ago * DAY
    mail = post(f"m{days_ago}{sorted(state)}", "test", em, "Old", "Secret words", at=at)
    Mail.objects.filter(pk=mail.pk).update(**dict.fromkeys(state, at))
    return mail.pk


def test_the_text_of_old_settled_mails_goes_and_the_rest_stays(em, monkeypatch):
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    old = [written(em, 200 + day, sent_at=True) for day in range(5)]
    old += [written(em, 200, dead_at=True), written(em, 200, withdrawn_at=True)]
    kept = [written(em, 179, sent_at=True), written(em, 400)]

    assert purging.purge(NOON) == len(old)

    assert set(Mail.objects.filter(text="").values_list("pk", flat=True)) == set(old)
    assert set(Mail.objects.exclude(text="").values_list("pk", flat=True)) == set(kept)
    assert set(Mail.objects.values_list("subject", flat=True)) == {"Old"}
    assert purging.purge(NOON) == 0


def test_the_setting_says_after_how_many_days(em):
    reason = {"effective_from": TODAY - 30 * DAY, "reason": "Policy", "by": em, "at": NOON}
    set_value(purging.PURGE_AFTER, 30, **reason)
    written(em, 31, sent_at=True)
    assert purging.purge(NOON) == 1


def test_the_page_says_that_it_is_gone_and_it_is_not_sent_again(em):
    pk = written(em, 200, sent_at=True)
    purging.purge(NOON)
    admin = browser(make_user(Role.ADMIN))

    page = page_of(admin, f"/mailbox/{pk}/")
    assert "It was removed, because the mail is old." in page
    assert "Send it once more" not in page
    assert admin.get(f"/mailbox/{pk}/source/").status_code == 404
    assert admin.post(f"/mailbox/{pk}/resend/").status_code == 404
