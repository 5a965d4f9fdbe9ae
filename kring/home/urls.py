from django.urls import path

from kring.home.views import about_me, children, classes, more, school

app_name = "home"
urlpatterns = [
    path("", more.more, name="more"),
    path("about-me/", about_me.about_me, name="about_me"),
    path("children/", children.children, name="children"),
    path("schools/<uuid:school_id>/", school.school, name="school"),
    path("class/", classes.classes, name="classes"),
    path("class/<uuid:group_id>/", classes.group, name="class"),
]
