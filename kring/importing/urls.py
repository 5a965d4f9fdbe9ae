from django.urls import path

from kring.importing.views import deciding, imports, one

app_name = "importing"
urlpatterns = [
    path("", imports.imports, name="imports"),
    path("sample/", imports.sample, name="sample"),
    path("<uuid:import_id>/", one.one, name="import"),
    path("<uuid:import_id>/report/", one.report, name="report"),
    path("<uuid:import_id>/columns/", deciding.columns, name="columns"),
    path("<uuid:import_id>/answers/", deciding.answers, name="answers"),
    path("<uuid:import_id>/confirmation/", deciding.confirmation, name="confirmation"),
    path("<uuid:import_id>/undoing/", deciding.undoing, name="undoing"),
    path("<uuid:import_id>/discarding/", deciding.discarding, name="discarding"),
]
