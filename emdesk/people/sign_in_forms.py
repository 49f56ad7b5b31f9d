"""The forms of django-allauth in our words: labels instead of placeholders, sentence case."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp

GOOD_PASSWORD = "At least 12 characters; no word everybody uses, and not your name."  # noqa: S105


class InOurWords:
    """Labels and help by field name; the first field gets the cursor."""

    labels: ClassVar[dict[str, str]]
    helps: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.label = self.labels[name]
            field.help_text = self.helps.get(name, "")
            field.widget.attrs.pop("placeholder", None)
        next(iter(fields.values())).widget.attrs["autofocus"] = True


class SignInForm(InOurWords, account.LoginForm):  # type: ignore[misc]
    labels = {"login": "E-mail", "password": "Password"}


class ConfirmForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": "Your password"}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password again",
    }
    helps = {"password1": GOOD_PASSWORD}


class SetPasswordForm(InOurWords, account.SetPasswordForm):  # type: ignore[misc]
    labels = {"password1": "Password", "password2": "Password again"}
    helps = {"password1": GOOD_PASSWORD}


class ForgottenForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": "E-mail"}


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": "New password", "password2": "New password again"}
    helps = {"password1": GOOD_PASSWORD}


class CodeForm(InOurWords, second_factor.AuthenticateForm):  # type: ignore[misc]
    labels = {"code": "Code"}
    helps = {"code": "Six digits from your authenticator app, or a recovery code."}


class CodeAgainForm(InOurWords, second_factor.ReauthenticateForm):  # type: ignore[misc]
    labels = CodeForm.labels
    helps = CodeForm.helps


class SetUpForm(InOurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": "Code"}
    helps = {"code": "The six digits your app shows for emdesk now."}
