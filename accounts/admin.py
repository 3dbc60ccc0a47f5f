"""People, units and role assignments."""

from http import HTTPStatus
from typing import Any
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.access import administers, people_administered, units_administered
from accounts.models import Assignment, Unit, User
from accounts.models.assignment import ROLES
from common import audit, clock, formats, marks
from common.admin import AuditedAdmin, HouseInline, ReadOnlyAdmin, YesNoFilter, lines
from common.subjects import Subject
from common.wording import say

# Roles are fixed bundles and addresses stand on the person: a second way would contradict them.
for second_way in (Group, EmailAddress):
    if admin.site.is_registered(second_way):
        admin.site.unregister(second_way)


class RoleFilter(admin.SimpleListFilter):
    """People by a role that they hold today; assignments by their role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return every role."""
        return ROLES

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return those with the role."""
        if not self.value():
            return queryset
        held = Assignment.objects.in_force(clock.today()).filter(
            role=self.value(), unit__in=units_administered(request.user)
        )
        return queryset.filter(pk__in=held.values("user"))


class InForceFilter(YesNoFilter):
    """Assignments that count today, or no longer, or not yet."""

    title = _("in force")
    parameter_name = "in_force"

    def so(self) -> Q:
        """Return the condition of one that counts today."""
        return Q(pk__in=Assignment.objects.in_force(clock.today()).values("pk"))


class ArchivedFilter(YesNoFilter):
    """Units that have been archived."""

    title = _("archived")
    parameter_name = "archived"

    def so(self) -> Q:
        """Return the condition of an archived one."""
        return Q(archived_at__isnull=False)


class AssignmentInline(HouseInline):
    """Roles of a person."""

    model = Assignment
    autocomplete_fields = ("unit",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the roles in one's own organisations."""
        return super().get_queryset(request).filter(unit__in=units_administered(request.user))


@admin.register(User)
class PersonAdmin(AuditedAdmin, UserAdmin):
    """People; one without a log-in gets no password."""

    kind = "person"
    list_display = ("shown_name", "username", "unit", "roles", "is_active", "seen")
    list_filter = (RoleFilter, "is_active")
    list_select_related = ("unit",)
    search_fields = ("username", "first_name", "last_name", "email", "title")
    ordering = ("last_name", "username")
    inlines = (AssignmentInline,)
    autocomplete_fields = ("unit",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (
            _("Person"),
            {"fields": ("first_name", "last_name", "title", "email", "unit", "language")},
        ),
        (_("Access"), {"fields": ("is_active",)}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        (
            _("Person"),
            {"fields": ("first_name", "last_name", "title", "email", "unit", "language")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the people of one's own organisations."""
        held = Assignment.objects.in_force(clock.today()).filter(
            unit__in=units_administered(request.user)
        )
        roles = Prefetch("assignments", held.select_related("unit"), to_attr="roles_today")
        found = people_administered(request.user)
        return found.prefetch_related(roles).order_by(*self.ordering)

    @admin.display(description=_("name"), ordering="last_name")
    def shown_name(self, person: User) -> str:
        """What the person is called: name, else title, else log-in."""
        return str(person)

    @admin.display(description=_("roles in force"))
    def roles(self, person: User) -> str:
        """The roles of today, each with its unit, a line each."""
        held = ((role.get_role_display(), role.unit) for role in person.roles_today)  # type: ignore[attr-defined]  # by the prefetch
        return lines("{}, {}", held)

    @admin.display(description=_("last seen"), ordering=Coalesce("visit_at", "last_login"))
    def seen(self, person: User) -> Any:
        """When the person was last here, or that there is no log-in."""
        if not person.has_usable_password():
            return _("has no log-in")
        times = [at for at in (person.visit_at, person.last_login) if at]
        return max(times) if times else _("never")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person who also works elsewhere is changed by a superuser: it is one log-in."""
        return obj is None or administers(request.user, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002  Django's signature
        """Set a person's password, and record who did; never the password itself."""
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
                audit.record("person.password_set", Subject("person", int(id)), by=request.user)
        return answer


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Who has which role where; given and taken away on the person's own page."""

    list_display = ("person", "role", "unit", "money", "starts_on", "ends_on", "counts")
    list_display_links = None
    list_filter = (InForceFilter, "role")
    list_select_related = ("user", "unit")
    search_fields = ("user__username", "user__first_name", "user__last_name", "unit__name")
    ordering = ("user__last_name", "user__username", "role", "unit__path")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the roles in one's own organisations."""
        return (
            super()
            .get_queryset(request)
            .filter(
                unit__in=units_administered(request.user),
                user__in=people_administered(request.user),
            )
        )

    @admin.display(description=_("person"), ordering="user__last_name")
    def person(self, role: Assignment) -> str:
        """The person, whose page is where roles are changed."""
        address = reverse("admin:accounts_user_change", args=[role.user_id])
        return format_html('<a href="{}">{}</a>', address, role.user)

    @admin.display(description=_("may see money"), ordering="with_money")
    def money(self, role: Assignment) -> Any:
        """Yes, where money is added to what the role already sees."""
        return _("yes") if role.with_money else formats.NOTHING

    @admin.display(description=_("in force"))
    def counts(self, role: Assignment) -> Any:
        """Whether it counts today, else why not."""
        today = clock.today()
        if role.starts_on and role.starts_on > today:
            return _("not yet")
        return _("no longer") if role.ends_on and role.ends_on < today else _("yes")


#: of an organisation, once it has records: every figure and day was counted by these
FIXED = ("currency", "zone", "fiscal_start_month", "calendar")


class UnitForm(forms.ModelForm):
    """A unit; refuses what the tree cannot hold, with the same sentences as everywhere."""

    class Meta:
        model = Unit
        fields = [
            "name", "kind", "parent", "is_confidential", "currency", "zone", "fiscal_start_month",
            "calendar", "word_pack", "is_small",
        ]  # fmt: skip

    def values_of_a_new_unit(self) -> dict[str, Any]:
        """Return what `actions.create_unit` takes."""
        taken = ("name", "kind", "parent", "is_confidential", "currency", "zone", "calendar")
        values = {name: self.cleaned_data[name] for name in taken}
        return {**values, "fiscal_start_month": self.cleaned_data["fiscal_start_month"]}

    def clean(self) -> dict[str, Any]:
        """Refuse circles, moves out of the organisation, and organisations without currency."""
        cleaned: dict[str, Any] = super().clean() or {}
        parent, unit = cleaned.get("parent"), self.instance
        self._check_organisation(cleaned)
        if parent is None and not (cleaned.get("currency") and cleaned.get("zone")):
            raise ValidationError(
                {"currency": say("accounts.organisation_needs_currency_and_zone")}
            )
        if unit.pk and parent and parent.path.startswith(unit.path):
            names = {"unit": unit.name, "parent": parent.name}
            raise ValidationError({"parent": say("accounts.unit_cycle", names)})
        leaves = unit.pk and (parent.root_id if parent else unit.pk) != unit.root_id
        if leaves:
            raise ValidationError(
                {"parent": say("accounts.unit_stays_in_organisation", {"unit": unit.name})}
            )
        return cleaned

    def _check_organisation(self, cleaned: dict[str, Any]) -> None:
        """Refuse a zone or currency nobody knows, and to change what records were counted in."""
        zone, currency = cleaned.get("zone"), cleaned.get("currency")
        if zone and zone not in available_timezones():
            self.add_error("zone", say("accounts.zone_unknown", {"zone": zone}))
        if currency and not (len(currency) == 3 and currency.isalpha() and currency.isupper()):
            self.add_error("currency", say("accounts.currency_unknown", {"currency": currency}))
        before = Unit.objects.filter(pk=self.instance.pk, parent=None).first()
        if before is None or not actions.is_in_use(before):
            return
        for name in FIXED:
            old = getattr(before, name)
            if name in cleaned and old and cleaned[name] != old:
                self.add_error(name, say("accounts.fixed_after_first_use", {"unit": before.name}))


#: before the name of a unit, for every step down in the tree
DEEPER = "\u2003"


@admin.register(Unit)
class UnitAdmin(AuditedAdmin):
    """The unit tree; roots are organisations."""

    kind = "unit"
    form = UnitForm
    list_display = ("place", "kind", "parent", "closed_to_above", "people", "archived_at")
    list_select_related = ("parent",)
    list_filter = ("kind", "is_confidential", ArchivedFilter)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)
    ordering = ("path",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the units of one's own organisations."""
        found = units_administered(request.user).annotate(n_people=Count("people"))
        return found.order_by(*self.ordering)

    @admin.display(description=_("name"), ordering="path")
    def place(self, unit: Unit) -> str:
        """The name, set in by how deep it stands in the tree."""
        return DEEPER * (unit.path.count(".") - 1) + unit.name

    @admin.display(description=_("confidential"), ordering="is_confidential")
    def closed_to_above(self, unit: Unit) -> Any:
        """Yes, where rights from above stop."""
        return _("yes") if unit.is_confidential else formats.NOTHING

    @admin.display(description=_("people"), ordering="n_people")
    def people(self, unit: Unit) -> int:
        """How many people stand in it."""
        return unit.n_people  # type: ignore[attr-defined]  # annotated

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,
    ) -> Any:
        """Return the form; only a superuser founds an organisation, a unit without a parent."""
        form = super().get_form(request, obj, change=change, **kwargs)
        user: Any = request.user
        if "parent" in form.base_fields and (obj is None or obj.parent_id):
            form.base_fields["parent"].required = not user.is_superuser
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Create through the action, which knows the path; move through the action likewise."""
        if not change:
            created = actions.create_unit(by=request.user, **form.values_of_a_new_unit())
            obj.pk = created.pk
            obj.refresh_from_db()
            return
        if "parent" in form.changed_data and obj.parent is not None:
            actions.move_unit(Unit.objects.get(pk=obj.pk), parent=obj.parent, by=request.user)
            obj.path = Unit.objects.get(pk=obj.pk).path
        super().save_model(request, obj, form, change)

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Have everything below judged anew."""
        marks.mark([Subject("unit", obj.pk)])
