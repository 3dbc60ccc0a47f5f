"""Addresses of the services app."""

from django.urls import URLPattern, URLResolver, path

from services.views import detail, events, lists, measures, services

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.service_list, name="list"),
    path("new/", services.create, name="create"),
    path("<str:key>/", detail.detail, name="detail"),
    path("<str:key>/edit/", services.edit, name="edit"),
    path("<str:key>/status/", services.status, name="status"),
    path("<str:key>/archive/", services.archive, name="archive"),
    path("<str:key>/history/", detail.history, name="history"),
    path("<str:key>/dependencies/", detail.dependencies, name="dependencies"),
    path("<str:key>/needs/new/", services.add_dependency, name="add_dependency"),
    path("<str:key>/needs/<int:pk>/remove/", services.remove_dependency, name="remove_dependency"),
    path("<str:key>/incidents/", detail.incidents, name="incidents"),
    path("<str:key>/incidents/<int:pk>/", detail.incident, name="incident"),
    path("<str:key>/availability/", detail.availability, name="availability"),
    path("<str:key>/outages/", detail.outages, name="outages"),
    path("<str:key>/outages/new/", events.record_outage, name="record_outage"),
    path("<str:key>/outages/<int:pk>/edit/", events.edit_outage, name="edit_outage"),
    path("<str:key>/outages/<int:pk>/close/", events.close_outage, name="close_outage"),
    path("<str:key>/outages/<int:pk>/withdraw/", events.withdraw_outage, name="withdraw_outage"),
    path("<str:key>/gaps/<int:pk>/remove/", events.remove_gap, name="remove_gap"),
    path("<str:key>/agreements/", detail.agreements, name="agreements"),
    path("<str:key>/agreements/new/", events.set_agreement, name="set_agreement"),
    path("<str:key>/agreements/<int:pk>/end/", events.end_agreement, name="end_agreement"),
    path("<str:key>/measures/new/", events.add_measure, name="add_measure"),
    path("<str:key>/measures/<int:pk>/", measures.measure, name="measure"),
    path("<str:key>/measures/<int:pk>/edit/", events.edit_measure, name="edit_measure"),
    path("<str:key>/calendar/new/", events.add_calendar_entry, name="add_calendar_entry"),
    path(
        "<str:key>/calendar/<int:pk>/remove/",
        events.remove_calendar_entry,
        name="remove_calendar_entry",
    ),
]
