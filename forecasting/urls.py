from django.urls import path

from forecasting.views import win_rate

app_name = "forecasting"
urlpatterns = [
    path("win-rate/", win_rate.page, name="win_rate"),
    path("win-rate/rows/", win_rate.rows, name="win_rate_rows"),
]
