"""Root URLs: includes only."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portfolio.urls")),
    path("", include("common.urls")),
    path("people/", include("accounts.urls")),
    path("projects/", include("projects.urls")),
    path("services/", include("services.urls")),
    path("improvements/", include("improvements.urls")),
    path("exchange/", include("exchange.urls")),
    path("account/", include("accounts.entrance")),
    path("admin/", admin.site.urls),
]

handler400 = "common.views.bad_request"
handler403 = "common.views.permission_denied"
handler404 = "common.views.not_found"
handler429 = "accounts.views.too_many"
handler500 = "common.views.server_error"
