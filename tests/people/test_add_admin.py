from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from tests.people.people import is_in


def test_the_first_administrator_sets_a_password_at_the_page_shown(client):
    said = StringIO()

    call_command("add_admin", "Ada@example.com", "Ada", stdout=said)
    form = client.get(said.getvalue().split()[-1]).headers["Location"]
    client.post(form, {"password1": "a long new secret", "password2": "a long new secret"})

    assert is_in(client)
    ada = User.objects.get(email="ada@example.com")
    assert ada.roles == [Role.ADMIN]
    assert Event.objects.about(ada).get().origin == "system"


def test_an_address_that_is_taken_is_refused():
    call_command("add_admin", "ada@example.com", "Ada", stdout=StringIO())

    with pytest.raises(CommandError, match="already exists"):
        call_command("add_admin", "ADA@example.com", "Ada", stdout=StringIO())
