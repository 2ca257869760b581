"""The filter bar of a register, made of a django-filter FilterSet, and the chips of what is set."""

import datetime
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.forms import BoundField
from django.http import QueryDict
from django_filters import FilterSet

from core.presentation import formats, querystring

SEARCH = "q"


@dataclass(frozen=True)
class Chip:
    """One filter that is set: its label, its value in words, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class FilterBar:
    """The fields of a filter form, ready to draw, and what is set in them.

    Hidden fields are set by links and shown as chips; they travel with the form.
    """

    search: BoundField | None
    fields: list[BoundField]
    chips: list[Chip]
    errors: list[str]
    hidden: list[BoundField] = dataclass_field(default_factory=list)


def filter_bar(filterset: FilterSet, query: QueryDict) -> FilterBar:
    """Dress the filter form for the bar: short controls, the label as the empty choice, one search box."""
    form = filterset.form
    for name, field in form.fields.items():
        _dress(name, field)
    bound = [form[name] for name in form.fields]
    return FilterBar(
        search=next((field for field in bound if field.name == SEARCH), None),
        fields=[field for field in bound if field.name != SEARCH and not field.is_hidden],
        chips=[chip for field in bound if (chip := _chip(field, query))],
        hidden=[field for field in bound if field.is_hidden],
        errors=[f"{form[name].label}: {' '.join(map(str, found))}" for name, found in form.errors.items()],
    )


def _dress(name: str, field: forms.Field) -> None:
    if field.widget.is_hidden:
        return
    css = "c-field is-find" if name == SEARCH else "c-field is-narrow"
    attributes: dict[str, object] = {"class": css, "id": "q" if name == SEARCH else f"filter-{name}"}
    if name == SEARCH:
        attributes |= {"type": "search", "placeholder": field.label, "autocomplete": "off"}
    elif isinstance(field, forms.DateField):
        attributes["type"] = "date"
    elif isinstance(field.widget, forms.Select):
        _label_empty_choice(field)
    elif isinstance(field, forms.CharField):
        attributes["placeholder"] = str(field.label)
    field.widget.attrs.update(attributes)
    field.widget.input_type = attributes.get("type", getattr(field.widget, "input_type", None))


def _label_empty_choice(field: Any) -> None:
    """Let the choice of nothing carry the filter's name."""
    label = str(field.label)
    if isinstance(field, forms.NullBooleanField):
        (unset, _), *others = field.widget.choices
        field.widget.choices = [(unset, label), *others]
    elif hasattr(field, "empty_label"):
        field.empty_label = label
        if not isinstance(field, forms.ModelChoiceField):
            # The choices of django-filter put the label first when they are set anew.
            field.choices = [choice for choice in field.choices if choice[0] != ""]
    elif not isinstance(field, forms.MultipleChoiceField):
        field.choices = [("", label), *(choice for choice in field.choices if choice[0] != "")]


def _chip(field: BoundField, query: QueryDict) -> Chip | None:
    if not any(query.getlist(field.html_name)):
        return None
    value = getattr(field.form, "cleaned_data", {}).get(field.name)
    if value in (None, "", []):
        return None
    return Chip(str(field.label), _words(field, value), querystring.without(query, field.html_name))


def _words(field: BoundField, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime.date):
        return formats.day(value)
    if isinstance(value, Model):
        return str(value)
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): str(text) for key, text in cast(Any, field.field).choices}
        chosen = value if isinstance(value, list | tuple) else [value]
        return ", ".join(labels.get(str(one), str(one)) for one in chosen)
    return str(value)
