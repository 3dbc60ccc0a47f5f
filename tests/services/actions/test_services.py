"""Writes to a service: the record, its status, what it needs."""

import pytest

from accounts.domain.roles import Role
from common.errors import NotAllowed, Refused, Stale
from common.models import AuditEvent, ChangeMark
from services import actions
from services.models import Service, ServiceDependency
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.services import make_agreement, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    root = make_organisation()
    return root, make_unit(parent=root, name="Digital")


def test_a_created_service_enters_its_status_and_is_audited(office):
    root, unit = office
    lead = make_person(unit=root, role=Role.SMO_LEAD)
    service = actions.create_service(by=lead, name=" Payroll ", unit=unit, tier=1)
    assert (service.name, service.key, service.root_id) == ("Payroll", f"SVC-{service.pk}", root.pk)
    assert [entry.status for entry in service.entries.all()] == ["requirements"]
    event = AuditEvent.objects.about("service", service.pk).get()
    assert (event.action, event.actor, event.after["tier"]) == ("service.created", lead, 1)


@pytest.mark.parametrize("role", [Role.SERVICE_OWNER, Role.PROJECT_MANAGER, Role.AUDITOR])
def test_only_the_service_office_creates(office, role):
    root, unit = office
    with pytest.raises(NotAllowed):
        actions.create_service(by=make_person(unit=root, role=role), name="Payroll", unit=unit)
    assert not Service.objects.exists()


def test_an_owner_edits_the_own_service_only(office):
    root, unit = office
    owner = make_person(unit=root, role=Role.SERVICE_OWNER)
    own, other = make_service(unit=unit, owner=owner), make_service(unit=unit)
    actions.edit_service(own, by=owner, expected=1, purpose="Pays people")
    assert Service.objects.get(pk=own.pk).purpose == "Pays people"
    with pytest.raises(NotAllowed):
        actions.edit_service(other, by=owner, expected=1, purpose="Mine too")


def test_a_deputy_edits_as_the_owner_does(office):
    root, unit = office
    deputy = make_person(unit=root, role=Role.SERVICE_OWNER)
    service = make_service(unit=unit, deputies=[deputy])
    actions.edit_service(service, by=deputy, expected=1, users_count=40)
    assert Service.objects.get(pk=service.pk).users_count == 40


def test_the_second_of_two_savers_is_told(office):
    root, unit = office
    lead = make_person(unit=root, role=Role.SMO_LEAD)
    service = make_service(unit=unit)
    seen = Service.objects.select_related("unit").get(pk=service.pk)
    actions.edit_service(service, by=lead, expected=1, name="First")
    with pytest.raises(Stale) as refused:
        actions.edit_service(seen, by=lead, expected=1, name="Second")
    assert refused.value.current.name == "First"


def test_an_edit_is_audited_with_what_changed_only(office):
    root, unit = office
    lead = make_person(unit=root, role=Role.SMO_LEAD)
    service = make_service(unit=unit, name="Payroll", tier=2)
    actions.edit_service(service, by=lead, expected=1, name="Pay", tier=2)
    event = AuditEvent.objects.about("service", service.pk).first()
    assert (event.before, event.after) == ({"name": "Payroll"}, {"name": "Pay"})


class TestStatus:
    def test_a_step_needs_its_evidence(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        service = make_service(unit=unit, status="requirements")
        with pytest.raises(Refused) as refused:
            actions.change_status(service, "defined", by=lead, expected=1)
        assert refused.value.code == "common.evidence_missing"
        assert "a purpose" in str(refused.value)
        service = actions.edit_service(service, by=lead, expected=1, purpose="Pay", owner=lead)
        moved = actions.change_status(service, "defined", by=lead, expected=2)
        assert moved.status == "defined"
        assert [entry.status for entry in moved.entries.all()] == ["requirements", "defined"]

    def test_a_decision_is_not_for_the_office_of_the_owner(self, office):
        root, unit = office
        owner = make_person(unit=root, role=Role.SERVICE_OWNER)
        service = make_service(unit=unit, status="analysed", owner=owner)
        with pytest.raises(NotAllowed):
            actions.change_status(service, "approved", by=owner, expected=1)

    def test_author_and_approver_differ_unless_the_organisation_is_small(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        service = make_service(unit=unit, status="defined", owner=lead, yearly_cost=100)
        actions.change_status(service, "analysed", by=lead, expected=1)
        with pytest.raises(Refused) as refused:
            actions.change_status(service, "approved", by=lead, expected=2)
        assert refused.value.code == "services.same_person"
        root.is_small = True
        root.save()
        moved = actions.change_status(service, "approved", by=lead, expected=2)
        assert moved.status == "approved"
        assert AuditEvent.objects.about("service", service.pk).first().after["same_person"]

    def test_operation_needs_an_agreement_in_force(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        service = make_service(unit=unit, status="released", owner=lead)
        with pytest.raises(Refused) as refused:
            actions.change_status(service, "operational", by=lead, expected=1)
        assert refused.value.params["missing"] == "an agreement in force"
        make_agreement(service=service)
        assert actions.change_status(service, "operational", by=lead, expected=1)

    def test_a_step_back_says_why(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        service = make_service(unit=unit, status="tested")
        with pytest.raises(Refused) as refused:
            actions.change_status(service, "designed", by=lead, expected=1)
        assert refused.value.code == "common.reason_needed"
        moved = actions.change_status(
            service, "designed", by=lead, expected=1, reason="Load test showed a wrong design"
        )
        assert moved.entries.last().reason == "Load test showed a wrong design"

    def test_a_service_that_others_need_is_not_retired(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        service, above = make_service(unit=unit), make_service(unit=unit)
        actions.add_dependency(above, service, by=lead)
        with pytest.raises(Refused) as refused:
            actions.change_status(service, "retired", by=lead, expected=1, reason="Old")
        assert refused.value.code == "common.evidence_missing"

    def test_a_retired_service_begins_a_new_pass(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        service = make_service(unit=unit)
        service = actions.change_status(service, "retired", by=lead, expected=1, reason="Old")
        service = actions.change_status(service, "requirements", by=lead, expected=2, reason="New")
        assert [(entry.status, entry.pass_no) for entry in service.entries.all()] == [
            ("operational", 1),
            ("retired", 1),
            ("requirements", 2),
        ]


class TestDependencies:
    def test_a_cycle_is_refused_and_named(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        web, login, directory = (
            make_service(unit=unit, name=name) for name in ("Web", "Login", "Directory")
        )
        actions.add_dependency(web, login, by=lead)
        actions.add_dependency(login, directory, by=lead)
        with pytest.raises(Refused) as refused:
            actions.add_dependency(directory, web, by=lead)
        assert refused.value.params["path"] == "Directory → Web → Login → Directory"
        assert ServiceDependency.objects.count() == 2

    def test_a_cycle_tells_no_name_the_reader_may_not_see(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        hidden = make_service(unit=unit, name="Witness list", is_confidential=True)
        a, b = make_service(unit=unit, name="A"), make_service(unit=unit, name="B")
        ServiceDependency.objects.create(service=a, needs=hidden)
        ServiceDependency.objects.create(service=hidden, needs=b)
        with pytest.raises(Refused) as refused:
            actions.add_dependency(b, a, by=lead)
        assert refused.value.params["path"] == f"B → A → SVC-{hidden.pk} → B"

    def test_itself_twice_and_an_unnamed_group_are_refused(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        a, b = make_service(unit=unit), make_service(unit=unit)
        actions.add_dependency(a, b, by=lead)
        for needs, more, code in [
            (a, {}, "services.needs_itself"),
            (b, {}, "services.needs_already"),
            (b, {"kind": "group"}, "services.group_needed"),
        ]:
            with pytest.raises(Refused) as refused:
                actions.add_dependency(a, needs, by=lead, **more)
            assert refused.value.code == code

    def test_other_organisations_are_not_joined(self, office):
        root, unit = office
        lead = make_person(unit=root, role=Role.SMO_LEAD)
        with pytest.raises(Refused) as refused:
            actions.add_dependency(make_service(unit=unit), make_service(), by=lead)
        assert refused.value.code == "services.stays_in_organisation"


def test_every_write_leaves_a_mark_for_those_who_follow(office, monkeypatch):
    from common import marks

    monkeypatch.setattr(marks, "_CONSUMERS", {"standing": frozenset({"service"})})
    root, unit = office
    lead = make_person(unit=root, role=Role.SMO_LEAD)
    a, b = make_service(unit=unit), make_service(unit=unit)
    ChangeMark.objects.all().delete()
    actions.add_dependency(a, b, by=lead)
    assert set(ChangeMark.objects.values_list("object_id", flat=True)) == {a.pk, b.pk}


def test_an_organisation_has_one_unassigned_service(office):
    root, _unit = office
    first, second = actions.unassigned(root), actions.unassigned(root)
    assert first == second
    assert (first.is_unassigned, first.unit, str(first)) == (True, root, "Unassigned")
