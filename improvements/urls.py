"""Addresses of the improvements app."""

from django.urls import URLPattern, URLResolver

app_name = "improvements"
urlpatterns: list[URLPattern | URLResolver] = []
