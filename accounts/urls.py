"""A person's own settings."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.preferences, name="preferences"),
    path("me/language/", views.set_language, name="set_language"),
]
