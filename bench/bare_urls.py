"""The bare page that pages are held against."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accounts.models import Unit, User
from projects.models import Project

COLUMNS = ("pk", "name", "tier", "phase", "starts_on", "planned_finish_on")


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """Return a page of 30 kB from a session, a user, three statements and a template."""
    rows = Project.objects.order_by("pk").values(*COLUMNS)[:100]
    counts = {"units": Unit.objects.count(), "people": User.objects.count()}
    return render(request, "bare.html", {"rows": rows, **counts})


urlpatterns = [path("bare/", bare)]
