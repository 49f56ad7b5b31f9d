from django.urls import path

from emdesk.desk import views

app_name = "desk"
urlpatterns = [path("", views.my_day, name="day")]
