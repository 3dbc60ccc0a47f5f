"""Unloading, and loading again: nothing of others is touched, and a day repeats itself."""

import io
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import Unit, User
from common.models import AuditEvent, WorkCalendar
from demo import load as loading
from demo.load import is_loaded
from projects.models import ProjectFigure, StatusReport
from services.models import Incident, MeasurePoint
from tests.factories.accounts import make_organisation
from tests.factories.projects import make_project

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("nordvik", "demo_mode"),
    pytest.mark.xdist_group("demo"),
]


def said(*args: str) -> str:
    out = io.StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def sample() -> list[Any]:
    """What two loads of one day must have in common: rows of every kind that is drawn."""
    return [
        list(
            Incident.objects.order_by("external_id").values_list(
                "external_id", "title", "priority", "state", "opened_at", "resolved_at", "met"
            )
        ),
        list(MeasurePoint.objects.order_by("measure__name", "on").values_list("on", "value", "n")),
        list(
            ProjectFigure.objects.order_by("project__name", "on").values_list(
                "project__name", "on", "forecast_cost", "actual_cost", "forecast_finish_on"
            )
        ),
        list(
            StatusReport.objects.order_by("project__name", "on").values_list(
                "on", "reported", "measured", "summary"
            )
        ),
    ]


def test_a_second_load_is_refused() -> None:
    with pytest.raises(CommandError, match="loaded already"):
        said("load")


def test_unload_leaves_the_log_the_people_and_the_others_and_load_repeats_itself() -> None:
    other = make_organisation(name="Other")
    kept = make_project(unit=other)
    before, events = sample(), AuditEvent.objects.count()

    assert said("unload").count("\n") == 1

    assert AuditEvent.objects.count() > events
    people = User.objects.filter(email__endswith="@nordvik.example")
    assert people.exists()
    assert not people.filter(is_active=True).exists()
    assert list(Unit.objects.all()) == [other]
    left = {
        model._meta.label
        for model in apps.get_models()
        if model._default_manager.exists()
        and model._meta.app_label in {"projects", "services", "improvements", "exchange"}
    }
    assert left == {
        "projects.Project",
        "projects.ProjectType",
        "improvements.ScoringModel",
        "improvements.ScoringCriterion",
    }
    kept.refresh_from_db()

    loading.load()
    assert sample() == before
    assert User.objects.get(username="pmo").is_active


def test_unload_is_refused_while_others_lean_on_it() -> None:
    calendar = WorkCalendar.objects.get(name="Nordvik office hours")
    make_organisation(name="Leaning", calendar=calendar)
    with pytest.raises(CommandError, match="Leaning"):
        said("unload")
    assert is_loaded()
