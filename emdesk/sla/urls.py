from django.urls import path

from emdesk.sla import views

app_name = "sla"

urlpatterns = [
    path("", views.policies, name="policies"),
    path("<slug:key>/", views.policy, name="policy"),
    path("<slug:key>/change/", views.change, name="change"),
]
