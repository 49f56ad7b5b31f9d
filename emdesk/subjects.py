"""Subjects: the records that comments, files and watchers belong to.

Generic rows name their subject by model label and key. Who may see or act on it is known only
to the package that owns the model, which says so here from ``AppConfig.ready()``. What nobody
registered is seen and done by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.http import Http404

Row = TypeVar("Row", bound=models.Model, covariant=True)
Seen = Callable[[Any], models.QuerySet[Any]]
Rule = Callable[[Any, Any], bool]
Kin = Callable[[Any], Sequence[models.Model]]


def no_kin(subject: models.Model) -> Sequence[models.Model]:
    return ()


class VisibleSubjects:
    """For each kind of subject, those a person may see."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self._kin: dict[str, Kin] = {}

    def register(self, label: str, seen: Seen, *, kin: Kin = no_kin) -> None:
        """``label`` is a model's ``label_lower``; ``seen`` gives the rows a user may see.

        ``kin`` names other subjects whose rows a subject shows with its own, such as the
        duplicates merged into it. Whoever sees the subject sees theirs.
        """
        self._seen[label] = seen
        self._kin[label] = kin

    def find(self, label: str, pk: int, user: Any) -> Any:
        """The subject, or 404: what a person may not see does not exist for them."""
        seen = self._seen.get(label)
        subject = seen(user).filter(pk=pk).first() if seen else None
        if subject is None:
            raise Http404
        return subject

    def rows(self, user: Any) -> Q:
        """Matches the generic rows whose subject a person may see."""
        found = Q(pk__in=[])
        for label, seen in self._seen.items():
            found |= Q(subject_type=label, subject_id__in=seen(user).order_by().values("pk"))
        return found

    def family(self, subject: models.Model) -> list[models.Model]:
        return [subject, *self._kin.get(subject._meta.label_lower, no_kin)(subject)]


class Rules:
    """For each kind of subject, who may do one thing with it. Nobody, unless registered."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def register(self, label: str, rule: Rule) -> None:
        self._rules[label] = rule

    def allow(self, subject: models.Model, user: Any) -> bool:
        rule = self._rules.get(subject._meta.label_lower)
        return rule is not None and rule(subject, user)


class AboutQuerySet(models.QuerySet[Row]):
    """For generic rows: those of certain subjects."""

    def about(self, *subjects: models.Model) -> Self:
        return self.filter(rows_about(subjects))


visible_subjects = VisibleSubjects()


def rows_about(subjects: Iterable[models.Model]) -> Q:
    """Matches the generic rows of any of these subjects."""
    keys: dict[str, list[Any]] = {}
    for subject in subjects:
        keys.setdefault(subject._meta.label_lower, []).append(subject.pk)
    found = Q(pk__in=[])
    for label, pks in keys.items():
        found |= Q(subject_type=label, subject_id__in=pks)
    return found
