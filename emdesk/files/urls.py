from django.urls import path

from emdesk.files import views

app_name = "files"

urlpatterns = [
    path("<int:pk>/", views.download, name="download"),
    path("<str:label>/<int:pk>/add/", views.upload, name="upload"),
]
