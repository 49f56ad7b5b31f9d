from django.urls import path

from forecasting.views import drift, quarters, trust, win_rate

app_name = "forecasting"
urlpatterns = [
    path("win-rate/", win_rate.page, name="win_rate"),
    path("win-rate/rows/", win_rate.rows, name="win_rate_rows"),
    path("forecast/trust/", trust.page, name="trust"),
    path("forecast/trust/<str:colour>/<int:weeks>/", trust.rows, name="trust_rows"),
    path("drift/", drift.page, name="drift"),
    path("drift/mended/", drift.mended, name="mended"),
    path("quarters/", quarters.running, name="running_quarter"),
    path("quarters/<str:label>/", quarters.quarter, name="quarter"),
    path("quarters/<str:label>/rows/", quarters.rows, name="quarter_rows"),
    path("quarters/<str:label>/pdf/", quarters.paper, name="quarter_pdf"),
]
