from django.urls import path

from kring.home import views

app_name = "home"
urlpatterns = [path("", views.more, name="more")]
