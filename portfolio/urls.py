"""Addresses of the roof."""

from django.urls import path

from portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("weeks/", views.weeks, name="weeks"),
    path("today/", views.today, name="today"),
    path("search/", views.search, name="search"),
    path("about/", views.about, name="about"),
    path("pulse/", views.pulse, name="pulse"),
]
