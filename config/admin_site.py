"""Django admin for administrators: our own site, so that its door asks our roles."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class BryggaAdminConfig(AdminConfig):
    """Makes `BryggaAdminSite` the default site before any admin.py is read."""

    default_site = "config.admin_site.BryggaAdminSite"


class BryggaAdminSite(AdminSite):
    """People, units, roles, calendars, thresholds and ledgers; no business rules."""

    site_header = site_title = _("Brygga administration")
    index_title = _("Reference data and settings")
    login_template = "account/login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """True for active superusers and for people with the app admin role."""
        from accounts.access import can_configure  # noqa: PLC0415  app ready

        return bool(
            request.user.is_active and request.user.is_authenticated and can_configure(request.user)
        )
