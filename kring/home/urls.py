from django.urls import path

from kring.home.views import (
    about_me,
    agreements,
    children,
    classes,
    more,
    school,
    working_hours,
)

app_name = "home"
urlpatterns = [
    path("", more.more, name="more"),
    path("about-me/", about_me.about_me, name="about_me"),
    path("children/", children.children, name="children"),
    path("schools/<uuid:school_id>/", school.school, name="school"),
    path("schools/<uuid:school_id>/agreements/", agreements.agreements, name="agreements"),
    path("working-hours/", working_hours.working_hours, name="working_hours"),
    path(
        "working-hours/<uuid:school_id>/", working_hours.working_hours_at, name="working_hours_at"
    ),
    path("class/", classes.classes, name="classes"),
    path("class/<uuid:group_id>/", classes.group, name="class"),
]
