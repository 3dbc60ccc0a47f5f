"""What was typed outlives a log-in that ended, a stale token, and a database that is away."""

import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from accounts.models import Unit, User
from projects.models import Project
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db

SECRET = "Hamnen-vid-bron-42"


@pytest.fixture
def writer(pmo: User, clear_cache: None) -> User:
    pmo.set_password(SECRET)
    pmo.save()
    return pmo


def token_of(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def half_written(client: Client, project: Project) -> tuple[str, dict[str, str]]:
    url = f"/projects/{project.key}/risks/new/"
    page = client.get(url)
    shown = page.context["form"]
    form = {field.html_name: str(field.value()) for field in shown if field.value()}
    form |= {"title": "Leverantören <b>lämnar</b>", "probability": "3", "consequence": "4",
             "form_key": str(uuid.uuid4()), "csrfmiddlewaretoken": token_of(page)}  # fmt: skip
    return url, form


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_form_sent_after_the_log_in_ended_waits_and_is_sent_after_the_next(
    writer: User, organisation: Unit, headers: dict[str, str]
) -> None:
    project = make_project(unit=organisation)
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    url, form = half_written(client, project)
    Session.objects.all().delete()

    answer = client.post(url, form, headers=headers)
    to_login = answer.headers.get("HX-Redirect") or answer["Location"]
    login = client.get(to_login)
    back = client.post(
        to_login,
        {"login": "pmo", "password": SECRET, "csrfmiddlewaretoken": token_of(login)},
        follow=True,
    )

    assert project.risks.count() == 0
    page = back.content.decode()
    assert "Leverantören &lt;b&gt;lämnar&lt;/b&gt;" in page
    again = {**form, "csrfmiddlewaretoken": token_of(back)}
    assert client.post(url, again).status_code == 303
    assert project.risks.get().title == "Leverantören <b>lämnar</b>"
    assert client.get("/resume/")["Location"] == "/"


def log_in(client: Client, name: str, after: str) -> Any:
    page = client.get(after)
    form = {"login": name, "password": SECRET, "csrfmiddlewaretoken": token_of(page)}
    return client.post(after, form, follow=True)


def typed_and_logged_out(client: Client, project: Project) -> str:
    url, form = half_written(client, project)
    Session.objects.all().delete()
    return str(client.post(url, form)["Location"])


def test_what_one_person_typed_another_never_sees(
    writer: User, smo: User, organisation: Unit
) -> None:
    project = make_project(unit=organisation)
    smo.set_password(SECRET)
    smo.save()
    client = Client(enforce_csrf_checks=True)
    log_in(client, writer.username, "/account/login/")
    to_login = typed_and_logged_out(client, project)

    other = log_in(client, smo.username, to_login)

    assert other.redirect_chain[-1][0] == "/"
    assert client.get("/resume/")["Location"] == "/"
    held = [session.get_decoded() for session in Session.objects.all()]
    assert "Leverantören" not in str(held)
    assert project.risks.count() == 0


@pytest.mark.parametrize("address", ["/", "/today/", "/projects/"])
def test_it_goes_away_with_the_first_page_another_opens(
    writer: User, smo: User, organisation: Unit, address: str
) -> None:
    client = Client()
    client.force_login(writer)
    project = make_project(unit=organisation)
    client.get("/today/")
    Session.objects.all().delete()
    client.post(f"/projects/{project.key}/risks/new/", {"title": "Leverantören lämnar"})

    client.force_login(smo)
    client.get(address)

    assert "Leverantören" not in str([s.get_decoded() for s in Session.objects.all()])
    client.force_login(writer)
    assert client.get("/resume/")["Location"] == "/"


def test_who_typed_it_gets_it_back_after_a_log_in_by_another_way(
    writer: User, organisation: Unit
) -> None:
    project = make_project(unit=organisation)
    client = Client(enforce_csrf_checks=True)
    log_in(client, writer.username, "/account/login/")
    typed_and_logged_out(client, project)

    log_in(client, writer.username, "/account/login/?next=/projects/")

    assert "Leverantören" in client.get("/resume/").content.decode()


def test_a_browser_without_a_mark_or_with_a_made_up_one_gives_nothing(
    writer: User, organisation: Unit
) -> None:
    project = make_project(unit=organisation)
    url = f"/projects/{project.key}/risks/new/"
    unmarked, forged = Client(), Client()
    forged.cookies[settings.TYPIST_COOKIE_NAME] = str(writer.pk)

    assert f"next={url}" in unmarked.post(url, {"title": "Leverantören lämnar"})["Location"]
    forged.post(url, {"title": "Leverantören lämnar"})
    forged.force_login(writer)

    assert forged.get("/resume/")["Location"] == "/"


def test_the_mark_names_nobody_and_no_script_reads_it(writer: User) -> None:
    client = Client()
    client.force_login(writer)
    client.get("/today/")

    mark = client.cookies[settings.TYPIST_COOKIE_NAME]

    assert mark["httponly"]
    assert (mark["samesite"], mark["max-age"]) == ("Lax", "")
    assert len(mark.value) == 64
    assert settings.TYPIST_COOKIE_NAME not in client.get("/today/").cookies


def test_nothing_is_kept_that_has_no_good_token_or_is_too_much(organisation: Unit) -> None:
    project = make_project(unit=organisation)
    url = f"/projects/{project.key}/risks/new/"
    strict, lax = Client(enforce_csrf_checks=True), Client()

    assert strict.post(url, {"title": "x"}).status_code == 403
    assert "next=%2Fprojects" in lax.post(url, {"title": "x" * 200_001})["Location"].replace(
        "/", "%2F"
    )
    assert Session.objects.count() == 0


def test_a_stale_token_says_why_in_both_languages_and_shows_what_was_typed(
    writer: User, organisation: Unit
) -> None:
    project = make_project(unit=organisation)
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    url, form = half_written(client, project)
    stale = {**form, "csrfmiddlewaretoken": "x" * 64, "password": "never shown"}

    own = client.post(url, stale, headers={"Origin": "http://testserver"})
    other = client.post(url, stale, headers={"Origin": "https://evil.example"})
    User.objects.update(language="sv")
    swedish = client.post(url, stale, headers={"Origin": "http://testserver"})

    assert {own.status_code, other.status_code, swedish.status_code} == {403}
    assert "The form was open for too long" in own.content.decode()
    assert "Leverantören &lt;b&gt;" in own.content.decode()
    assert "never shown" not in own.content.decode()
    assert "Leverantören" not in other.content.decode()
    assert "Formuläret stod öppet för länge" in swedish.content.decode()
    assert project.risks.count() == 0


def test_too_much_text_is_413_and_not_a_bare_refusal(writer: User, organisation: Unit) -> None:
    client = Client()
    client.force_login(writer)
    project = make_project(unit=organisation)

    answer = client.post(f"/projects/{project.key}/risks/new/", {"title": "x" * 6_000_000})

    assert answer.status_code == 413
    assert "Nothing was saved" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Brygga does not answer just now"), ("sv", "Brygga svarar inte just nu")],
)
def test_a_database_that_is_away_is_503_with_a_time_to_wait(
    writer: User, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    from portfolio import queries

    def away(*args: object) -> None:
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(queries, "mine", away)
    User.objects.update(language=language)
    client = Client(raise_request_exception=False)
    client.force_login(writer)

    answer = client.get("/today/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert sentence in answer.content.decode()
    assert "terminating" not in answer.content.decode()
