from django.urls import path

from emdesk.activity.views import comments, timeline

app_name = "activity"

urlpatterns = [
    path("comments/<int:pk>/", comments.show, name="show"),
    path("comments/<int:pk>/reword/", comments.reword, name="reword"),
    path("comments/<int:pk>/withdraw/", comments.withdraw, name="withdraw"),
    path("comments/<int:pk>/history/", comments.history, name="history"),
    path("<str:label>/<int:pk>/", timeline.page, name="timeline"),
    path("<str:label>/<int:pk>/watch/", timeline.start_watching, name="watch"),
    path("<str:label>/<int:pk>/unwatch/", timeline.stop_watching, name="unwatch"),
    path("<str:label>/<int:pk>/comment/<str:audience>/", comments.comment, name="comment"),
]
