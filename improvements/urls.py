"""Addresses of the improvements app."""

from django.urls import path

from improvements.views import detail, edit, lists, review, scoring

app_name = "improvements"
urlpatterns = [
    path("", lists.improvements, name="list"),
    path("new/", edit.create, name="create"),
    path("review/", review.backlog, name="backlog"),
    path("review/<str:key>/<str:deed>/", review.take, name="decide"),
    path("<str:key>/", detail.improvement, name="detail"),
    path("<str:key>/consider/", review.consider, name="consider"),
    path("<str:key>/edit/", edit.change, name="edit"),
    path("<str:key>/state/", detail.move, name="move"),
    path("<str:key>/services/", detail.services, name="services"),
    path("<str:key>/projects/new/", edit.start_project, name="start_project"),
    path("<str:key>/projects/", detail.projects, name="projects"),
    path("<str:key>/score/", scoring.rate, name="score"),
    path("<str:key>/methods/", detail.methods, name="methods"),
    path("<str:key>/trail/", detail.trail, name="trail"),
    path("services/<str:key>/panel/", lists.service_panel, name="service_panel"),
    path("projects/<str:key>/panel/", lists.project_panel, name="project_panel"),
]
