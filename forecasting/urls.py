from django.urls import path

from forecasting.views import (
    calls,
    changes,
    drift,
    forecast,
    pacing,
    plans,
    quarters,
    trust,
    win_rate,
)

app_name = "forecasting"
urlpatterns = [
    path("forecast/", forecast.running, name="running_forecast"),
    path("forecast/waterfall/", changes.waterfall, name="waterfall"),
    path("forecast/waterfall/rows/", changes.waterfall_rows, name="waterfall_rows"),
    path("forecast/pacing/", pacing.page, name="pacing"),
    path("forecast/pacing/rows/", pacing.rows, name="pacing_rows"),
    path("forecast/trust/", trust.page, name="trust"),
    path("forecast/trust/<str:colour>/<int:weeks>/", trust.rows, name="trust_rows"),
    path("forecast/<str:label>/", forecast.forecast, name="forecast"),
    path("forecast/<str:label>/csv/", forecast.export, name="forecast_csv"),
    path("forecast/<str:label>/clari/", forecast.clari, name="clari"),
    path("forecast/<str:label>/calls/<int:whose>/", calls.call, name="call"),
    path("forecast/<str:label>/calls/<int:whose>/submit/", calls.submit, name="submit_call"),
    path("forecast/<str:label>/calls/<int:whose>/lead/", calls.lead, name="lead_call"),
    path("forecast/<str:label>/calls/<int:whose>/reopen/", calls.reopen, name="reopen_call"),
    path("forecast/<str:label>/plans/", plans.plans, name="plans"),
    path("forecast/<str:label>/plans/set/", plans.set_plan, name="set_plan"),
    path("forecast/<str:label>/plans/table/", plans.table, name="plan_table"),
    path("win-rate/", win_rate.page, name="win_rate"),
    path("win-rate/rows/", win_rate.rows, name="win_rate_rows"),
    path("drift/", drift.page, name="drift"),
    path("drift/mended/", drift.mended, name="mended"),
    path("quarters/", quarters.running, name="running_quarter"),
    path("quarters/<str:label>/", quarters.quarter, name="quarter"),
    path("quarters/<str:label>/rows/", quarters.rows, name="quarter_rows"),
    path("quarters/<str:label>/pdf/", quarters.paper, name="quarter_pdf"),
]
