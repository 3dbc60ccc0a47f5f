"""The two databases behave alike."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.actions import create_unit
from accounts.models import Unit, User
from common import clock
from common.bulk import upsert
from common.db import exact, money_sum, save_version
from common.domain.health import Colour, Dimension, Health, Reason
from common.errors import Stale
from common.models import FormKey
from common.standing import columns_of_health, forget, standing_row, write
from common.swedish import swedish_sort_key
from common.web.once import once
from portfolio.models import Snapshot
from projects.models import ProjectStanding
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def test_names_sort_as_a_swede_expects(organisation: Unit) -> None:
    for name in ["Öl", "Zebra", "ärta", "Ål", "apa", "Élan", "Ek"]:
        create_unit(name, by=None, parent=organisation)

    names = list(
        Unit.objects.filter(parent=organisation).order_by("name").values_list("name", flat=True)
    )

    assert names == ["apa", "Ek", "Élan", "Zebra", "Ål", "ärta", "Öl"]


def test_equal_keys_still_tell_texts_apart() -> None:
    assert swedish_sort_key("Ek")[0] == swedish_sort_key("ék")[0]
    assert swedish_sort_key("Ek") != swedish_sort_key("ék")


@pytest.mark.parametrize("text", ["ÅNGSTRÖM", "ångström", "ngstr"])
def test_search_folds_case_in_swedish(organisation: Unit, text: str) -> None:
    create_unit("Ångström", by=None, parent=organisation)

    assert Unit.objects.filter(name__icontains=text).count() == 1


@pytest.mark.parametrize(("text", "found"), [("100%", 1), ("a_b", 1), ("%", 1), ("_", 1), ("x", 0)])
def test_signs_of_the_pattern_language_are_plain_text(
    organisation: Unit, text: str, found: int
) -> None:
    create_unit("100% a_b", by=None, parent=organisation)

    assert Unit.objects.filter(parent=organisation, name__icontains=text).count() == found


def _snapshot(number: int, overall: str) -> Snapshot:
    return Snapshot(
        kind="project", object_id=number, on=dt.date(2026, 11, 1), root_id=1, unit_path="000001.",
        overall=overall, dims={"cost": overall, "å": 'quote " \\ tab\t'}, money=Decimal("1.25"),
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 600])
def test_upsert_inserts_then_updates_without_doubles(size: int) -> None:
    key = ["kind", "object_id", "on", "revision"]
    with transaction.atomic():
        upsert(
            Snapshot,
            [_snapshot(n, "green") for n in range(size)],
            unique=key,
            update=["overall", "dims"],
        )
    with transaction.atomic():
        upsert(
            Snapshot,
            [_snapshot(n, "red") for n in range(size)],
            unique=key,
            update=["overall", "dims"],
        )

    assert Snapshot.objects.count() == size
    row = Snapshot.objects.get(object_id=0)
    assert (row.overall, row.dims, row.money) == (
        "red",
        {"cost": "red", "å": 'quote " \\ tab\t'},
        Decimal("1.25"),
    )


@pytest.mark.parametrize("size", [1, 600])
def test_standings_are_written_as_rows_and_rounded_alike(organisation: Unit, size: int) -> None:
    projects = [make_project(unit=organisation, name=f"P{n}") for n in range(size)]
    update = ["overall", "reasons", "cost_deviation", "confidence"]

    def written(overall: str, over: Decimal) -> None:
        health = Health(
            overall=Colour(overall), confidence=Decimal("0.756"), drag=None, hatched=False,
            dimensions=(Dimension("cost", Colour(overall), (Reason("a.b", {"é": 'x"\\\t'}),)),),
        )  # fmt: skip
        rows = [
            standing_row(
                ProjectStanding,
                columns_of_health(health)
                | {"project_id": p.pk, "cost_deviation": over, "stood_at": clock.now()}
                | {"input_hash": "h", "rule_version": "2.0"},
            )
            for p in projects
        ]
        write(ProjectStanding, rows, (), unique="project", update=update, note=forget)

    written("green", Decimal("1.5"))
    written("red", Decimal("2.5"))

    assert ProjectStanding.objects.filter(overall="red", cost="green").count() == size
    row = ProjectStanding.objects.earliest("pk")
    assert row.reasons == {"cost": [["a.b", {"é": 'x"\\\t'}]]}
    assert (row.cost_deviation, row.confidence) == (Decimal("2.5"), Decimal("0.76"))
    assert row.stood_at is not None
    assert row.stood_at.tzinfo is not None


def test_the_first_saver_wins_and_the_second_is_told(organisation: Unit) -> None:
    project = make_project(unit=organisation, name="One")
    mine, yours = type(project).objects.get(pk=project.pk), type(project).objects.get(pk=project.pk)
    version = mine.version
    mine.name, yours.name = "Mine", "Yours"
    save_version(mine, expected=version, fields=["name"], at=clock.now())

    with pytest.raises(Stale) as stale:
        save_version(yours, expected=version, fields=["name"], at=clock.now())

    assert stale.value.current.name == "Mine"
    assert mine.version == version + 1


def test_amounts_add_up_to_the_cent(organisation: Unit) -> None:
    for amount in ["0.10", "0.20", "999999999999.70"]:
        make_project(unit=organisation, current_budget=Decimal(amount))

    total = organisation.projects.aggregate(total=money_sum("current_budget"))["total"]

    assert exact(total) == Decimal("1000000000000.00")


def test_the_same_form_posted_twice_makes_one_thing(pmo: User, organisation: Unit) -> None:
    key, made = str(uuid.uuid4()), []

    def make() -> str:
        made.append(create_unit("New", by=pmo, parent=organisation))
        return f"/units/{made[-1].pk}/"

    assert once(pmo, key, make) == once(pmo, key, make)
    assert Unit.objects.filter(name="New").count() == 1
    assert FormKey.objects.count() == 1


def test_a_form_that_was_refused_may_be_posted_again(pmo: User, organisation: Unit) -> None:
    key = str(uuid.uuid4())

    def refuse() -> str:
        raise ValueError

    with pytest.raises(ValueError):
        once(pmo, key, refuse)

    assert once(pmo, key, lambda: "/done/") == "/done/"
