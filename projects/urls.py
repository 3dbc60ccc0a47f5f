"""Addresses of the projects app."""

from django.urls import path

from projects.views import lists, raid, records, reports

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("new/", records.create, name="create"),
    path("<str:key>/", records.detail, name="detail"),
    path("<str:key>/edit/", records.edit, name="edit"),
    path("<str:key>/phase/", records.move, name="move"),
    path("<str:key>/archive/", records.archive, name="archive"),
    path("<str:key>/log/", records.log, name="log"),
    path("<str:key>/milestones/new/", raid.milestone, name="milestone_new"),
    path("<str:key>/milestones/<int:pk>/", raid.milestone, name="milestone"),
    path("<str:key>/milestones/<int:pk>/remove/", raid.milestone_remove, name="milestone_remove"),
    path("<str:key>/risks/", raid.risks, name="risks"),
    path("<str:key>/risks/new/", raid.risk, name="risk_new"),
    path("<str:key>/risks/<int:pk>/", raid.risk, name="risk"),
    path("<str:key>/risks/<int:pk>/happened/", raid.risk_happened, name="risk_happened"),
    path("<str:key>/issues/new/", raid.issue, name="issue_new"),
    path("<str:key>/issues/<int:pk>/", raid.issue, name="issue"),
    path("<str:key>/reports/", reports.report_list, name="reports"),
    path("<str:key>/reports/new/", reports.report_new, name="report_new"),
    path("<str:key>/reports/check/", reports.report_check, name="report_check"),
    path("<str:key>/reports/<int:pk>/", reports.report, name="report"),
]
