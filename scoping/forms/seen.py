"""Forms that remember what the person saw, so that nobody overwrites unseen."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms


class Seen(forms.BaseForm):
    """Each field carries what it held when it was shown."""

    def watch(self) -> None:
        for field in self.fields.values():
            field.show_hidden_initial = True

    def having_seen(self, meanwhile: Mapping[str, Any]) -> Any:
        """What was sent, as if by somebody who has seen these values too."""
        said: Any = copy(self.data)
        for name, value in meanwhile.items():
            raw = self.fields[name].prepare_value(value)
            values = raw if isinstance(raw, list) else ["" if raw is None else str(raw)]
            said.setlist(self.add_initial_prefix(name), values)
        return said

    @property
    def seen(self) -> dict[str, Any]:
        """What the person saw in the fields they changed."""
        return {name: self._initial(name) for name in self.changed_data}

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _initial(self, name: str) -> Any:
        field: Any = self.fields[name]
        hidden = field.hidden_widget()
        raw = hidden.value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        try:
            return field.clean(raw)
        except forms.ValidationError:
            return None
