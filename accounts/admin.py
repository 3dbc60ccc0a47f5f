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
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.access import administers, people_administered, units_administered
from accounts.models import Assignment, Unit, User
from common import audit, marks
from common.admin import AuditedAdmin, HouseInline
from common.subjects import Subject
from common.wording import say

# Roles are fixed bundles and addresses stand on the person: a second way would contradict them.
for second_way in (Group, EmailAddress):
    if admin.site.is_registered(second_way):
        admin.site.unregister(second_way)


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
    list_display = (
        "username",
        "first_name",
        "last_name",
        "title",
        "unit",
        "is_active",
        "last_login",
    )
    list_filter = ("is_active",)
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
        found = people_administered(request.user)
        return found.order_by(*self.ordering)

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


@admin.register(Unit)
class UnitAdmin(AuditedAdmin):
    """The unit tree; roots are organisations."""

    kind = "unit"
    form = UnitForm
    list_display = ("name", "kind", "parent", "is_confidential", "currency", "zone")
    list_select_related = ("parent",)
    list_filter = ("kind", "is_confidential")
    search_fields = ("name",)
    autocomplete_fields = ("parent",)
    ordering = ("path",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the units of one's own organisations."""
        return units_administered(request.user).order_by(*self.ordering)

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
