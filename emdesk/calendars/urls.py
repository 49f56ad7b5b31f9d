from django.urls import path

from emdesk.calendars.views import calendars, days

app_name = "calendars"

urlpatterns = [
    path("", calendars.calendars, name="calendars"),
    path("new/", calendars.new, name="new"),
    path("<int:pk>/", calendars.calendar, name="calendar"),
    path("<int:pk>/change/", calendars.change, name="change"),
    path("<int:pk>/copy/", days.copy, name="copy"),
    path("<int:pk>/holidays/", days.add_holiday, name="add_holiday"),
    path("<int:pk>/holidays/<int:row>/", days.holiday, name="holiday"),
    path("<int:pk>/days/", days.add_special_day, name="add_special_day"),
    path("<int:pk>/days/<int:row>/", days.special_day, name="special_day"),
]
