"""What surrounds the web process fails; pages answer, edits are kept."""

import socket
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Unit, User
from common.models import ChangeMark
from config.celery import app
from projects.models import Project
from tests.factories.projects import make_project

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.fixture
def hanging_broker() -> Iterator[tuple[str, list[int]]]:
    """A port that takes connections and never says a word; and how many it has taken."""
    taken: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return
                taken.append(1)

        threading.Thread(target=take, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", taken
        server.shutdown(socket.SHUT_RDWR)
        for one in kept:
            one.close()


@pytest.fixture
def reader(pmo: User, client: Client) -> Client:
    client.force_login(pmo)
    return client


def edit(client: Client, project: Project, name: str, key: str) -> int:
    page = client.get(f"/projects/{project.key}/edit/")
    initial = (
        page.context["form"].initial | page.context["form"].data.dict()
        if (page.context["form"].is_bound)
        else page.context["form"].initial
    )
    form = {field: value for field, value in initial.items() if value is not None}
    form |= {"name": name, "version": str(project.version), "form_key": key}
    form = {field: getattr(value, "pk", value) for field, value in form.items()}
    return client.post(f"/projects/{project.key}/edit/", form).status_code


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["hangs", "is not there"])
def test_pages_answer_and_edits_are_kept_when_the_broker(
    how: str,
    hanging_broker: tuple[str, list[int]],
    reader: Client,
    organisation: Unit,
    settings: Any,
) -> None:
    url, taken = hanging_broker
    settings.CELERY_TASK_ALWAYS_EAGER = False
    old = app.conf.broker_url
    app.conf.broker_url = url if how == "hangs" else "redis://127.0.0.1:1/0"
    try:
        project = make_project(unit=organisation)
        ChangeMark.objects.all().delete()

        assert reader.get("/").status_code == 200
        assert reader.get("/projects/").status_code == 200
        assert edit(reader, project, "Renamed meanwhile", str(uuid.uuid4())) == 303
    finally:
        app.conf.broker_url = old

    project.refresh_from_db()
    assert project.name == "Renamed meanwhile"
    assert ChangeMark.objects.filter(kind="project", object_id=project.pk).exists()
    assert taken == [], "a web request spoke to the broker"


@pytest.mark.django_db
def test_a_form_sent_twice_makes_one_change(reader: Client, organisation: Unit) -> None:
    project = make_project(unit=organisation)
    key = str(uuid.uuid4())

    assert edit(reader, project, "Sent twice", key) == 303
    assert edit(reader, project, "Sent twice", key) == 303

    project.refresh_from_db()
    assert project.version == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has one writer")
def test_an_edit_waits_for_another_writer_instead_of_failing(
    reader: Client, organisation: Unit
) -> None:
    project = make_project(unit=organisation)
    path = connection.settings_dict["NAME"]
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, timeout=20)
        other.execute("begin immediate")
        holding.set()
        done.wait(1.5)
        other.rollback()
        other.close()

    writer = threading.Thread(target=hold)
    writer.start()
    holding.wait(10)
    assert reader.get("/healthz").status_code == 200
    assert edit(reader, project, "After the other", str(uuid.uuid4())) == 303
    writer.join()

    project.refresh_from_db()
    assert project.name == "After the other"
