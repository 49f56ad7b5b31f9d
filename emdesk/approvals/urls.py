from django.urls import path

from emdesk.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("go/<str:token>/", views.link, name="link"),
    path("<int:pk>/", views.page, name="request"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/delegate/", views.delegate, name="delegate"),
    path("<int:pk>/reassign/", views.reassign, name="reassign"),
    path("<int:pk>/recall/", views.recall, name="recall"),
]
