from django.urls import include, path

app_name = "office"
urlpatterns = [
    path("", include("kring.office.urls_school")),
    path("", include("kring.office.urls_children")),
]
