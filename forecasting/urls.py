from django.urls import path

from forecasting.views import forecast, quarters, win_rate

app_name = "forecasting"
urlpatterns = [
    path("forecast/", forecast.running, name="running_forecast"),
    path("forecast/<str:label>/", forecast.forecast, name="forecast"),
    path("forecast/<str:label>/csv/", forecast.export, name="forecast_csv"),
    path("win-rate/", win_rate.page, name="win_rate"),
    path("win-rate/rows/", win_rate.rows, name="win_rate_rows"),
    path("quarters/", quarters.running, name="running_quarter"),
    path("quarters/<str:label>/", quarters.quarter, name="quarter"),
    path("quarters/<str:label>/rows/", quarters.rows, name="quarter_rows"),
    path("quarters/<str:label>/pdf/", quarters.paper, name="quarter_pdf"),
]
