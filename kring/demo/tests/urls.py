from django.urls import include, path

urlpatterns = [
    path("demo/", include("kring.demo.urls")),
    path("", include("config.urls")),
]
