"""Many new rows in one stream: PostgreSQL's COPY, several times as fast as statements.

Triggers and constraints hold as ever. Nothing comes back, so keys that are needed are drawn first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain, islice
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
Spelling = Callable[[Any], str]
NULL = "\\N"
LINES_AT_ONCE = 20
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
encode = DjangoJSONEncoder().encode


def numbers(model: type[models.Model], count: int) -> list[int]:
    """The next keys of a model, for rows that are yet to be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def maker(model: type[M]) -> Callable[..., M]:
    """Makes rows of a model from their columns' values alone, looking its defaults up only once."""

    @cache
    def defaults() -> dict[str, Any]:
        return {field.attname: field.get_default() for field in model._meta.concrete_fields}

    def make(**values: Any) -> M:
        row = model.__new__(model)
        row.__dict__.update(defaults(), **values, _state=ModelState())
        return row

    return make


def copy(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Write rows as they are; those without a key get theirs from the database.

    PostgreSQL writes the first rows while the later ones are still being made.
    """
    rows = iter(rows)
    for first in rows:
        fields = [field for field in model._meta.concrete_fields if _stored(field, first)]
        text = _Text(_lines(chain([first], rows), fields))
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN", text)


class _Text:
    """Lines as the file that psycopg2 reads from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def read(self, size: int) -> str:
        return "".join(islice(self._lines, LINES_AT_ONCE))


def _lines(rows: Iterable[models.Model], fields: Sequence[Any]) -> Iterator[str]:
    spellings = [(str(field.attname), _spelling(field)) for field in fields]
    for row in rows:
        kept = row.__dict__
        yield "\t".join([spell(kept[name]) for name, spell in spellings]) + "\n"


def _stored(field: Any, row: models.Model) -> bool:
    return not (isinstance(field, models.AutoField) and row.pk is None)


def _spelling(field: Any) -> Spelling:
    if isinstance(field, models.JSONField):
        return _json
    return _array if isinstance(field, ArrayField) else _plain


@lru_cache(maxsize=10_000, typed=True)
def _plain(value: Any) -> str:
    """Most columns hold the same few values row after row."""
    return BY_TYPE.get(type(value), _other)(value)


def _text(value: str) -> str:
    """Most text needs no escaping, and looking is faster than replacing."""
    plain = value.isprintable() and "\\" not in value
    return value if plain else _escaped(value)


def _escaped(value: str) -> str:
    """Four replacements are many times as fast as one translation."""
    for sign, escape in ESCAPES:
        value = value.replace(sign, escape)
    return value


def _other(value: Any) -> str:
    """Words of choices are texts too."""
    return _text(str(value))


def _json(value: Any) -> str:
    return "{}" if value == {} else _escaped(encode(value))


def _array(values: Iterable[Any]) -> str:
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return _escaped("{" + ",".join(f'"{value}"' for value in quoted) + "}")


BY_TYPE: dict[type, Spelling] = {
    str: _text,
    int: str,
    bool: lambda value: "t" if value else "f",
    type(None): lambda _: NULL,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
