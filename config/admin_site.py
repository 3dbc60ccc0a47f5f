"""Django admin for administrators: our own site, so that its door asks our roles."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class BryggaAdminConfig(AdminConfig):
    """Makes `BryggaAdminSite` the default site before any admin.py is read."""

    default_site = "config.admin_site.BryggaAdminSite"


class BryggaAdminSite(AdminSite):
    """People, units, roles, calendars, thresholds and ledgers; no business rules."""

    site_header = site_title = _("Brygga administration")
    index_title = _("Reference data and settings")

    def has_permission(self, request: HttpRequest) -> bool:
        """True for active superusers and for people with the app admin role."""
        from accounts.access import can_configure  # noqa: PLC0415  app ready

        return bool(
            request.user.is_active and request.user.is_authenticated and can_configure(request.user)
        )

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the one log-in there is; refuse those who are in already without the role."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        back = request.GET.get("next") or reverse("admin:index")
        return redirect(reverse("account_login", query={"next": back}))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Send to the one page where one's own password is changed."""
        return redirect("account_change_password")
