"""Whole pages and parts, log-in and refusals, errors that are drawn whatever has failed."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxMiddleware

from accounts.actions import create_unit
from accounts.models import Unit, User
from common import jobs, views
from common.errors import NotAllowed, Refused, Stale
from common.models import FormKey
from common.web.access import public, signed_in
from common.web.middleware import RefusalMiddleware
from common.web.once import once
from common.web.render import go
from tests.factories.accounts import make_organisation, make_person

HTMX = {"HX-Request": "true"}


def _asked(path: str = "/", user: Any = None, **headers: str) -> Any:
    request = RequestFactory().get(
        path, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    HtmxMiddleware(lambda _: HttpResponse())(request)
    request.user = user
    return request


@pytest.mark.django_db
class TestRenderPage:
    """`render_page` on the job page, whose partial is job-progress."""

    @pytest.fixture
    def ask(self, pmo: User) -> Callable[..., HttpResponse]:
        jobs.register("nothing", lambda turn: True)
        job = jobs.start("nothing", by=pmo, params={})
        jobs._WORK.pop("nothing")
        client = Client()
        client.force_login(pmo)
        return lambda **headers: client.get(f"/jobs/{job.pk}/", headers=headers)

    def test_a_visit_gets_the_whole_page(self, ask: Callable[..., HttpResponse]) -> None:
        assert b"<!doctype html>" in ask().content.lower()

    def test_htmx_gets_the_part_it_replaces(self, ask: Callable[..., HttpResponse]) -> None:
        part = ask(**HTMX, **{"HX-Target": "job-progress"})

        assert b"<!doctype" not in part.content.lower()
        assert b'id="job-progress"' in part.content
        assert {"HX-Request", "HX-Target"} <= set(part["Vary"].split(", "))

    @pytest.mark.parametrize(
        "more",
        [
            {"HX-Boosted": "true"},
            {"HX-History-Restore-Request": "true"},
        ],
    )
    def test_boosted_and_restored_pages_are_whole(
        self, ask: Callable[..., HttpResponse], more: dict[str, str]
    ) -> None:
        page = ask(**HTMX, **{"HX-Target": "job-progress"}, **more)

        assert b"<!doctype html>" in page.content.lower()

    @pytest.mark.parametrize(
        "target", ["nowhere", "../../500.html", "x#y", "", "å", "job-progress "]
    )
    def test_a_strange_target_cannot_name_a_template(
        self, ask: Callable[..., HttpResponse], target: str
    ) -> None:
        page = ask(**HTMX, **{"HX-Target": target})

        assert page.status_code == 200
        assert b"<!doctype html>" in page.content.lower() or b"job-progress" in page.content

    def test_a_job_of_somebody_else_is_not_there(
        self, ask: Callable[..., HttpResponse], smo: User
    ) -> None:
        from common.models import Job

        client = Client()
        client.force_login(smo)

        assert client.get(f"/jobs/{Job.objects.get().pk}/").status_code == 404
        assert client.get("/jobs/99999999999999999999999/").status_code == 404


class _Nobody:
    is_authenticated = is_active = False


class _Gone:
    is_authenticated, is_active = True, False


@pytest.mark.parametrize("user", [_Nobody(), _Gone()])
def test_whoever_is_not_in_is_sent_to_the_log_in_and_comes_back(user: object) -> None:
    view = signed_in(lambda request: HttpResponse("secret"))

    plain = view(_asked("/projects/?q=a", user))
    part = view(_asked("/projects/part/", user, HX_Request="true",
                       HX_Current_URL="http://testserver/projects/?q=a"))  # fmt: skip

    assert (plain.status_code, plain["Location"]) == (
        302, "/account/login/?next=/projects/%3Fq%3Da",
    )  # fmt: skip
    # The whole page goes to the log-in, not the panel; and comes back to the page.
    assert (part.status_code, part["HX-Redirect"]) == (
        200, "/account/login/?next=/projects/%3Fq%3Da",
    )  # fmt: skip
    assert part.content == b""


def test_a_page_behind_the_log_in_is_kept_by_no_cache() -> None:
    person = type("Person", (), {"is_authenticated": True, "is_active": True, "pk": 1})()
    asked = _asked(user=person)
    asked.session = {}

    assert signed_in(lambda r: HttpResponse())(asked)["Cache-Control"] == "no-store"


def test_marks_are_read_by_the_architecture_test() -> None:
    assert signed_in(lambda r: HttpResponse()).access == "signed_in"  # type: ignore[attr-defined]
    assert public(lambda r: HttpResponse()).access == "public"  # type: ignore[attr-defined]


def test_after_a_write_the_browser_goes_on_with_or_without_htmx() -> None:
    plain, part = go(_asked(), "/x/"), go(_asked(HX_Request="true"), "/x/")

    assert (plain.status_code, plain["Location"]) == (303, "/x/")
    assert (part.status_code, part["HX-Redirect"]) == (200, "/x/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refused("common.reason_needed"), 422),
        (NotAllowed("common.not_your_role", who="a lead"), 403),
        (Stale(None), 409),
    ],
)
def test_a_refusal_that_no_view_caught_is_a_page_with_its_sentence(
    pmo: User, refusal: Refused, status: int
) -> None:
    answer = RefusalMiddleware(lambda r: HttpResponse()).process_exception(
        _asked(user=pmo), refusal
    )

    assert answer is not None
    assert answer.status_code == status
    assert str(refusal) in answer.content.decode()


def test_a_fault_is_left_to_the_error_page() -> None:
    middleware = RefusalMiddleware(lambda r: HttpResponse())

    assert middleware.process_exception(_asked(), ZeroDivisionError()) is None


def test_the_error_page_is_drawn_without_the_database() -> None:
    """No database mark on this test: any statement would fail it."""
    person = type("Person", (), {"is_authenticated": True, "is_active": True, "pk": 1})()

    answer = views.server_error(_asked(user=person))

    assert answer.status_code == 500
    assert "Nothing was saved" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("view", "status"), [("bad_request", 400), ("permission_denied", 403),
                                              ("not_found", 404)])  # fmt: skip
def test_error_pages_are_drawn_for_everybody(pmo: User, view: str, status: int) -> None:
    for user in (pmo, _Nobody()):
        answer = getattr(views, view)(_asked(user=user))
        assert answer.status_code == status


@pytest.mark.django_db
def test_health_needs_no_database_and_readiness_does(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
def test_two_clicks_at_the_same_moment_make_one_thing() -> None:
    organisation = make_organisation()
    person = make_person(unit=organisation)
    key, start = str(uuid.uuid4()), Barrier(2)

    def click(_: int) -> str:
        try:
            start.wait(10)
            return once(person, key, lambda: _make(organisation))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        urls = list(pool.map(click, range(2)))

    assert urls[0] == urls[1]
    assert Unit.objects.filter(name="Twice?").count() == 1
    assert FormKey.objects.count() == 1


def _make(organisation: Unit) -> str:
    return f"/units/{create_unit('Twice?', by=None, parent=organisation).pk}/"


@pytest.mark.django_db
def test_a_key_is_one_person_s_own(pmo: User, smo: User) -> None:
    key = str(uuid.uuid4())

    assert once(pmo, key, lambda: "/a/") == "/a/"
    assert once(smo, key, lambda: "/b/") == "/b/"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x", "0", "' OR 1=1"])
def test_a_key_that_is_none_protects_nothing_and_stops_nothing(pmo: User, key: str) -> None:
    assert once(pmo, key, lambda: "/a/") == "/a/"


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_switching_the_language_leads_nowhere_else(pmo: User, back: str) -> None:
    client = Client()
    client.force_login(pmo)

    answer = client.post("/people/me/language/", {"language": "sv", "next": back})

    assert answer["Location"] == "/"
    pmo.refresh_from_db()
    assert pmo.language == "sv"
