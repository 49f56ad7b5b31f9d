"""A person who signs in by e-mail, and what their roles let them manage here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.db.transaction import atomic
from django.utils.crypto import salted_hmac

from emdesk.calendars.models import WorkingCalendar
from emdesk.calendars.zones import valid_time_zone
from emdesk.ledger.recording import record
from emdesk.people.models.role import LEADS, LEVELLED, Level, Role, in_order

AVATAR_COLOURS = 6
ADMINISTERED = ("people", "configuration")


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def with_role(self, role: Role) -> UserQuerySet:
        return self.filter(roles__contains=[role])

    def engagement_managers(self) -> UserQuerySet:
        """The people a scoping issue can be given to."""
        return self.active().with_role(Role.EM)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self.db)
        return user

    @atomic
    def enrol(self, email: str, *, by: User | None, at: datetime, **fields: Any) -> User:
        """Give a newcomer an account without a password; they set one by the reset page."""
        user = self.create_user(email, **fields)
        record(user, "people.joined", by=by, at=at, roles=user.roles, level=user.level)
        return user


UserManager = BaseUserManager.from_queryset(UserQuerySet)


class User(AbstractBaseUser):
    """A colleague. Roles decide everything; there are no groups and no superusers."""

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=120)
    roles = ArrayField(
        models.CharField(max_length=24, choices=Role.choices), default=list, blank=True
    )
    level = models.CharField(
        max_length=16,
        choices=Level.choices,
        blank=True,
        help_text="For engagement managers and those who lead them.",
    )
    reports_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        help_text="Who hears first when a promise of theirs is broken.",
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[valid_time_zone])
    calendar = models.ForeignKey(
        WorkingCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name="working calendar",
        help_text="When you work. Clocks that count working time count yours.",
    )
    single_keys = models.BooleanField(
        "single-letter keys",
        default=True,
        help_text="Keys such as j, k and m work outside text fields.",
    )
    is_active = models.BooleanField("active", default=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [GinIndex(fields=["roles"], name="people_user_roles")]
        constraints = [
            models.CheckConstraint(
                name="people_user_email_lower",
                condition=Q(email=Lower("email")),
                violation_error_message="Write the e-mail in small letters.",
            ),
            models.CheckConstraint(
                name="people_user_roles_known",
                condition=Q(roles__contained_by=Role.values),
                violation_error_message="One of these roles does not exist.",
            ),
            models.CheckConstraint(
                name="people_user_level_known", condition=Q(level__in=["", *Level.values])
            ),
            models.CheckConstraint(
                name="people_user_level_of_em",
                condition=Q(level="") | Q(roles__overlap=list(LEVELLED)),
                violation_error_message="Only engagement managers and their leads have a level.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = self.email.strip().lower()
        self.roles = in_order(self.roles)
        if self.pk and not (self.is_active and self.has(Role.ADMIN)):
            self._leave_an_administrator()
        if self.pk and any(each.pk == self.pk for each in self.superiors()):
            raise ValidationError({"reports_to": "They would report to themselves in the end."})

    def _leave_an_administrator(self) -> None:
        administrators = User.objects.active().with_role(Role.ADMIN)
        if {user.pk for user in administrators} == {self.pk}:
            raise ValidationError("Nobody else is an administrator. Name another one first.")

    def superiors(self) -> Iterator[User]:
        """Those they report to, nearest first; a circle is told once."""
        told: set[int] = set()
        above = self.reports_to
        while above and above.pk not in told:
            yield above
            told.add(above.pk)
            above = above.reports_to

    def superior(self, role: Role) -> User | None:
        """The nearest active person above who holds this role."""
        return next((each for each in self.superiors() if each.is_active and each.has(role)), None)

    def has(self, *roles: Role) -> bool:
        """Whether they hold any of these roles."""
        return not set(roles).isdisjoint(self.roles)

    @property
    def leads(self) -> bool:
        return self.has(*LEADS)

    @property
    def is_staff(self) -> bool:
        return self.has(Role.ADMIN)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.has_module_perms(perm.partition(".")[0])

    def has_perms(self, perms: Iterable[str], obj: object = None) -> bool:
        return all(self.has_perm(perm) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff and app_label in ADMINISTERED

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()

    @property
    def slot(self) -> int:
        """Which avatar colour is theirs, for good."""
        return self.pk % AVATAR_COLOURS

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with the password and with each step of the epoch."""
        value = f"{self.password}:{self.session_epoch}"
        signed = salted_hmac("emdesk.people.session", value, secret=secret, algorithm="sha256")
        return signed.hexdigest()

    def end_sessions(self) -> None:
        """Everybody signed in as this person has to sign in again."""
        User.objects.filter(pk=self.pk).update(session_epoch=F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])

    @atomic
    def change_roles(self, roles: Iterable[str], *, by: User | None, at: datetime) -> None:
        """Sessions end with it, so nobody keeps working in a role they lost."""
        roles = in_order(roles)
        level = "" if set(roles).isdisjoint(LEVELLED) else self.level
        was = self._change(roles=roles, level=level)
        if "roles" in was:
            self.end_sessions()
            record(self, "people.roles_changed", by=by, at=at, was=was["roles"], now=roles)

    @atomic
    def amend(self, *, by: User | None, at: datetime, **fields: Any) -> None:
        """Change what says who they are; the ledger keeps which fields, not what they said."""
        was = self._change(**fields)
        if was:
            record(self, "people.amended", by=by, at=at, fields=sorted(was))

    @atomic
    def choose_calendar(
        self, calendar: WorkingCalendar | None, *, by: User | None, at: datetime
    ) -> None:
        """By whose hours their clocks count from now on; none stands for their region's."""
        was = self._change(calendar=calendar)
        if was:
            before = was["calendar"].pk if was["calendar"] else None
            after = calendar.pk if calendar else None
            record(self, "people.calendar_chosen", by=by, at=at, was=before, now=after)

    @atomic
    def deactivate(self, *, by: User | None, at: datetime) -> None:
        if self._change(is_active=False):
            self.end_sessions()
            record(self, "people.deactivated", by=by, at=at)

    @atomic
    def reactivate(self, *, by: User | None, at: datetime) -> None:
        if self._change(is_active=True):
            record(self, "people.reactivated", by=by, at=at)

    def _change(self, **fields: Any) -> dict[str, Any]:
        """Store what differs from the locked row; return what it was."""
        stored = User.objects.select_for_update().get(pk=self.pk)
        was = {name: getattr(stored, name) for name in fields}
        was = {name: value for name, value in was.items() if value != fields[name]}
        for name in was:
            setattr(self, name, fields[name])
        if was:
            self.full_clean(exclude=["password"])
            self.save(update_fields=[*was])
        return was

    def named_delegate(self, day: date) -> User | None:
        absence = self.absences.on(day).select_related("delegate").first()
        return absence.delegate if absence else None

    def delegate_on(self, day: date) -> User | None:
        """Who acts for them that day: their delegate or, if that one is away too, the next."""
        first = self.named_delegate(day)
        found = (first and first.named_delegate(day)) or first
        return found if found and found.is_active and found != self else None
