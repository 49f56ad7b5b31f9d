from django.urls import path

from emdesk.configuration import views

app_name = "configuration"

urlpatterns = [
    path("", views.settings, name="settings"),
    path("<str:key>/", views.change, name="change"),
]
