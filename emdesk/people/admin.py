"""Administrators manage people, roles and territories here; every change enters the ledger."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.people.forms import UserForm
from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from emdesk.people.models.kept import Kept
from emdesk.people.second_factor import forget
from emdesk.web import SignedIn


def change_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """There is one door for passwords, and it is not in here."""
    return redirect("account_change_password")


admin.site.login = require_safe(secure_admin_login(admin.site.login))  # type: ignore[method-assign]
admin.site.password_change = change_password  # type: ignore[assignment, method-assign]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = UserForm
    list_display = ["name", "email", "role_names", "level", "is_active"]
    list_filter = ["is_active", "level"]
    search_fields = ["name", "email"]
    actions = ["forget_second_factor"]

    @admin.display(description="Roles")
    def role_names(self, user: User) -> str:
        return ", ".join(str(Role(role).label) for role in user.roles)

    @admin.action(description="Forget the second factor, so that they set up a new one")
    def forget_second_factor(self, request: SignedIn, users: QuerySet[User]) -> None:
        for user in users:
            forget(user, by=request.user, at=now())
        messages.success(request, "They set up a new second factor when they sign in next.")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People leave by being switched off: what they did keeps their name."""
        return False

    def save_model(  # type: ignore[override]
        self,
        request: SignedIn,
        obj: User,
        form: ModelForm[User],
        change: bool,  # noqa: FBT001
    ) -> None:
        who: dict[str, Any] = {"by": request.user, "at": now()}
        said = form.cleaned_data
        if change:
            user = User.objects.get(pk=obj.pk)
            user.change_roles(said.pop("roles"), **who)
            (user.reactivate if said.pop("is_active") else user.deactivate)(**who)
            user.choose_calendar(said.pop("calendar"), **who)
            user.amend(**said, **who)
        else:
            obj.pk = User.objects.enrol(**said, **who).pk


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that tell the ledger; whose they are is settled when they are made."""

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        form = super().get_form(request, obj, **kwargs)
        if obj and "user" in form.base_fields:
            form.base_fields["user"].disabled = True
        return form

    def save_model(self, request: Any, obj: Kept, form: Any, change: Any) -> None:
        obj.keep(by=request.user, at=now())

    def delete_model(self, request: Any, obj: Kept) -> None:
        obj.drop(by=request.user, at=now())

    def delete_queryset(self, request: Any, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Segment)
class SegmentAdmin(KeptAdmin):
    list_display = ["name", "position", "calendar", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Segments are switched off: old issues keep theirs."""
        return False


@admin.register(Territory)
class TerritoryAdmin(KeptAdmin):
    list_display = ["name", "segment", "calendar"]
    list_filter = ["segment"]
    search_fields = ["name"]


@admin.register(Coverage)
class CoverageAdmin(KeptAdmin):
    list_display = ["user", "territory", "segment", "since", "until"]
    list_filter = ["segment"]
    search_fields = ["user__name", "territory__name"]


@admin.register(Absence)
class AbsenceAdmin(KeptAdmin):
    list_display = ["user", "delegate", "first_day", "last_day"]
    search_fields = ["user__name", "delegate__name"]
