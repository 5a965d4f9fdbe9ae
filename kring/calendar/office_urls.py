from django.urls import path

from kring.calendar.views import holidays

app_name = "holidays"
urlpatterns = [
    path("", holidays.start, name="start"),
    path("<int:year>/", holidays.year, name="year"),
]
