"""Every form that edits a record: who saves second gets 409, and keeps what was typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import F
from django.test import Client

from accounts.models import Unit, User
from tests.factories.pages import every_page
from tests.factories.world import Records, make_keeper, make_records

pytestmark = pytest.mark.django_db

#: address -> a text field of its form
EDITED = {
    "projects:edit": "name",
    "projects:milestone": "name",
    "projects:risk": "title",
    "projects:issue": "title",
    "services:edit": "name",
    "services:edit_outage": "title",
    "services:edit_measure": "name",
    "improvements:edit": "title",
}


@pytest.fixture
def keeper(organisation: Unit) -> User:
    return make_keeper(organisation)


@pytest.fixture
def records(organisation: Unit, keeper: User) -> Records:
    return make_records(unit=organisation, word="Open", by=keeper)


def _forms(client: Client, records: Records) -> Iterator[tuple[str, str, Any]]:
    """Yield each page with a form that knows the version of what it edits."""
    for page in every_page():
        if page.is_foreign or "key" not in page.parameters:
            continue
        answer = client.get(page.url(records))
        form = (answer.context or {}).get("form") if answer.status_code == 200 else None
        if form is not None and "version" in form.fields and form["version"].value():
            yield page.name, page.url(records), form


def _filled_in(form: Any) -> dict[str, Any]:
    values = {field.html_name: field.value() for field in form}
    return {
        name: "on" if value is True else getattr(value, "pk", value)
        for name, value in values.items()
        if value is not None and value is not False
    }


def test_who_saves_second_is_told_and_loses_nothing(records: Records, keeper: User) -> None:
    client = Client()
    client.force_login(keeper)
    forms = {name: (url, _filled_in(form)) for name, url, form in _forms(client, records)}
    for model in apps.get_models():
        if {"version", "updated_at"} <= {f.name for f in model._meta.concrete_fields}:
            model._base_manager.update(version=F("version") + 1)

    lost = {}
    for name, field in EDITED.items():
        url, form = forms[name]
        answer = client.post(url, {**form, field: "Typed by me"})
        if answer.status_code != 409 or "Typed by me" not in answer.content.decode():
            lost[name] = answer.status_code

    assert lost == {}
