"""How django-allauth behaves at this desk."""

from __future__ import annotations

import time
from typing import Any

import qrcode  # type: ignore[import-untyped]
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from emdesk.people.known_browser import browser_of, remember
from emdesk.people.models import User
from emdesk.people.rules import needs_second_factor


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """E-mail and password; nobody signs up, administrators make the accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is switched off. Ask an administrator.",
        "email_password_mismatch": "E-mail and password do not match. Check both and try again.",
        "enter_current_password": "This is not your current password.",
        "incorrect_code": "This code is not right, or too old. Type the one showing now.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "Too many tries. Wait 15 minutes, then try again.",
        "too_many_login_attempts": (
            "Too many wrong tries. Wait 15 minutes, or set a new password by e-mail."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at; a right one is not counted after all."""
        email = credentials.get("email", "").lower()
        browser = browser_of(request, email)
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_known_browser" if browser else "login_failed",
            key=f"{email} {browser}",
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def reauthenticate(self, user: User, password: str) -> bool:
        found: User | None = self.authenticate(self.request, email=user.email, password=password)
        return found == user

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """A password given at the door minutes ago need not be given again."""
        records = get_authentication_records(self.request, self.request.user)
        recent = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not any(each["at"] > recent for each in records)

    def post_login(self, request: HttpRequest, user: User, **what: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **what)
        remember(response, user.email)
        return response

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Who needs a second factor cannot switch it off."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "Your role needs a second factor. To change phones, ask an administrator to reset it."
        ),
        "incorrect_code": "This code is not right, or too old. Type the one showing now.",
    }

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not needs_second_factor(authenticator.user)

    def build_totp_svg(self, url: str) -> str:
        """With a white ground of its own, so that phones read it on a dark page too."""
        drawn: str = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return drawn
