"""Who sees which services, and that nothing hidden shows anywhere."""

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from services import access, actions
from services.actions.standing import restand
from services.models import Service
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.services import make_incident, make_service

pytestmark = pytest.mark.django_db
CANARY = "Witness protection register"


@pytest.fixture
def office():
    root = make_organisation()
    return root, make_unit(parent=root), make_unit(parent=root)


def names(user):
    return set(access.visible_to(user).values_list("name", flat=True))


def test_a_role_reaches_its_unit_and_below_only(office):
    root, one, two = office
    make_service(unit=one, name="One")
    make_service(unit=make_unit(parent=one), name="Below")
    make_service(unit=two, name="Two")
    assert names(make_person(unit=one, role=Role.EXECUTIVE)) == {"One", "Below"}
    assert names(make_person(unit=root, role=Role.EXECUTIVE)) == {"One", "Below", "Two"}
    assert names(make_person(unit=root)) == set()
    assert names(make_person(unit=root, role=Role.APP_ADMIN)) == set()


def test_a_confidential_service_is_for_those_named_on_it(office):
    root, one, _two = office
    owner = make_person(unit=one, role=Role.SERVICE_OWNER)
    deputy = make_person(unit=one, role=Role.SERVICE_OWNER)
    make_service(unit=one, name=CANARY, is_confidential=True, owner=owner, deputies=[deputy])
    assert names(owner) == names(deputy) == {CANARY}
    assert names(make_person(unit=root, role=Role.SMO_LEAD)) == set()


def test_one_named_in_two_ways_counts_once(office):
    _root, one, _two = office
    owner = make_person(unit=one, role=Role.SERVICE_OWNER)
    others = [make_person(unit=one, role=Role.SERVICE_OWNER) for _ in range(3)]
    make_service(unit=one, owner=owner, deputies=[owner, *others])
    assert access.visible_to(owner).count() == 1


def test_money_is_a_right_of_its_own(office):
    root, one, _two = office
    owner = make_person(unit=one, role=Role.SERVICE_OWNER)
    own, other = make_service(unit=one, owner=owner), make_service(unit=one)
    assert access.can_see_money(owner, own)
    assert not access.can_see_money(owner, other)
    assert not access.can_see_money(make_person(unit=root, role=Role.EXECUTIVE), own)
    assert access.can_see_money(make_person(unit=root, role=Role.EXECUTIVE, with_money=True), own)
    seen = Service.objects.filter(access.money_where(owner))
    assert list(seen) == [own]


def test_authority_and_rows_take_two_statements(office, django_assert_max_num_queries):
    user = make_person(unit=office[0], role=Role.SMO_LEAD)
    make_service(unit=office[1])
    with django_assert_max_num_queries(3):
        list(access.visible_to(user))


def test_what_is_hidden_shows_on_no_page_and_in_no_file(office, client):
    root, one, _two = office
    lead = make_person(unit=root, role=Role.SMO_LEAD)
    seen = make_service(unit=one, name="E-mail")
    hidden = make_service(unit=one, name=CANARY, is_confidential=True)
    make_incident(service=hidden, opened_at=clock.now(), title=CANARY)
    for service, needs in ((seen, hidden), (hidden, make_service(unit=one, name="Payroll"))):
        actions.add_dependency(service, needs, by=make_named(hidden, one))
    restand(None, as_of=clock.today(), now=clock.now())
    client.force_login(lead)
    listing = reverse("services:list")
    payroll = Service.objects.get(name="Payroll")
    for url in (
        listing,
        f"{listing}?q=Witness",
        f"{listing}?sort=owner",
        reverse("services:detail", args=[seen.key]),
        reverse("services:detail", args=[payroll.key]),
        reverse("services:add_dependency", args=[seen.key]),
        reverse("services:history", args=[seen.key]),
    ):
        assert CANARY not in client.get(url).content.decode(), url
    exported = b"".join(client.get(f"{listing}?format=csv"))
    assert CANARY.encode() not in exported
    assert "2 rows" in client.get(listing).content.decode()
    for name in ("detail", "incidents", "history", "edit"):
        assert client.get(reverse(f"services:{name}", args=[hidden.key])).status_code == 404


def make_named(service, unit):
    """Somebody who may edit both: named on the hidden one, lead of the unit."""
    person = make_person(unit=unit, role=Role.SMO_LEAD)
    service.deputies.add(person)
    return person
