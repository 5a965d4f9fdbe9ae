from django.urls import path

from kring.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.people, name="people"),
    path("sign-in/<str:token>/", views.sign_in, name="sign_in"),
    path("mail/", views.mailbox, name="mailbox"),
    path("newsletter/", views.newsletter, name="newsletter"),
    path("mail/<str:key>/", views.mail, name="mail"),
    path("mail/<str:key>/html/", views.mail_html, name="mail_html"),
]
