from django.urls import path

from emdesk.people import views

app_name = "people"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/absences/", views.add_absence, name="add_absence"),
    path("profile/absences/<int:pk>/end/", views.end_absence, name="end_absence"),
    path("calendars/regions/", views.regions, name="regions"),
    path("theme/", views.theme, name="theme"),
]
