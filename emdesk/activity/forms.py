"""Writing a comment: one box for colleagues, another for what the customer may read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from emdesk.activity.markdown import render
from emdesk.activity.mentions import people_called
from emdesk.activity.models import LONGEST_BODY, Audience, Comment
from emdesk.activity.rules import commenters
from emdesk.people.models import User

PLACEHOLDERS = {
    Audience.INTERNAL.value: "Write for your colleagues. Markdown works, @name calls somebody.",
    Audience.CUSTOMER.value: "Write what the customer may read. Markdown works.",
}


class MarkdownField(forms.CharField):
    """Text in Markdown. Lines end the same way whatever the browser sent."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_BODY, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class CommentForm(forms.Form):
    """One box. ``action`` is where it posts, ``audience`` who it is for."""

    longest = LONGEST_BODY

    body = MarkdownField(
        label="Comment",
        error_messages={
            "required": "Write something first.",
            "max_length": "A comment holds %(limit_value)d characters, this one %(show_value)d.",
        },
    )

    def __init__(
        self, name: str, action: str, audience: str, data: Any = None, body: str = ""
    ) -> None:
        data = data or {"do": "write", "body": body}
        self.asked = data.get("do", "save")
        super().__init__(
            None if self.asked == "write" else data,
            auto_id=f"{name}-%s",
            initial={"body": data.get("body", "")},
        )
        self.name, self.action, self.audience = name, action, Audience(audience)
        self.placeholder = PLACEHOLDERS[audience]
        self.cancel = ""

    @property
    def to_save(self) -> bool:
        return self.asked == "save" and self.is_valid()

    @property
    def to_preview(self) -> bool:
        return self.asked == "preview" and self.is_valid()

    @property
    def refused(self) -> bool:
        return self.is_bound and not self.is_valid()

    @property
    def preview(self) -> SafeString:
        body = self.cleaned_data["body"]
        people = {handle: str(user) for handle, user in people_called(body).items()}
        return mark_safe(render(body, people))  # noqa: S308 (render lets nothing else pass)


def new_comment(label: str, pk: Any, audience: str, data: Any = None) -> CommentForm:
    action = reverse("activity:comment", args=[label, pk, audience])
    return CommentForm(f"note-{audience}", action, audience, data)


def reworded(comment: Comment, data: Any = None) -> CommentForm:
    action = reverse("activity:reword", args=[comment.pk])
    form = CommentForm(f"reword-{comment.pk}", action, comment.audience, data, comment.body)
    form.cancel = reverse("activity:show", args=[comment.pk])
    return form


def boxes(subject: models.Model, user: User) -> list[CommentForm]:
    """Empty boxes for a subject's page; none for those who may not comment there."""
    if not commenters.allow(subject, user):
        return []
    label = subject._meta.label_lower
    return [new_comment(label, subject.pk, audience) for audience in Audience.values]
