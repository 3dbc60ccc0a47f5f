"""The kernel's pages: health, jobs, component sheet."""

from django.urls import path

from common import views

app_name = "common"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/stop/", views.stop_job, name="stop_job"),
    path("resume/", views.resume, name="resume"),
    path("ui/sheet/", views.sheet, name="sheet"),
]
