"""Addresses of the exchange app."""

from django.urls import path

from exchange.views import imports, matching, uploads

app_name = "exchange"
urlpatterns = [
    path("", imports.import_list, name="list"),
    path("new/", uploads.upload, name="upload"),
    path("new/<uuid:upload>/", matching.match, name="match"),
    path("welcome/", uploads.welcome, name="welcome"),
    path("welcome/panel/", uploads.welcome_panel, name="welcome_panel"),
    path("welcome/organisation/", uploads.found, name="found"),
    path("lists/<str:kind>.csv", uploads.to_fill_in, name="to_fill_in"),
    path("mappings/<slug:name>.toml", uploads.mapping_to_copy, name="mapping_to_copy"),
    path("<int:pk>/", imports.import_detail, name="detail"),
    path("<int:pk>/refused.csv", imports.refused_rows, name="refused_rows"),
    path("<int:pk>/mapping.toml", matching.mapping_used, name="mapping_used"),
    path("<int:pk>/confirm/", imports.import_confirm, name="confirm"),
    path("<int:pk>/discard/", imports.import_discard, name="discard"),
    path("<int:pk>/undo/", imports.import_undo, name="undo"),
    path("<int:pk>/go-on/", imports.import_go_on, name="go_on"),
    path("<int:pk>/end/", imports.import_end, name="end"),
]
