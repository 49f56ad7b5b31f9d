"""Addresses for those who have no account: signers, and the services they sign with."""

from django.urls import path

from sow.views import hooks, signer

app_name = "signing"
urlpatterns = [
    path("sign/", signer.page, name="page"),
    path("sign/file/", signer.file, name="file"),
    path("sign/<str:token>/", signer.link, name="link"),
    path("hooks/docusign/", hooks.docusign, name="docusign"),
    path("hooks/documenso/", hooks.documenso, name="documenso"),
    path("hooks/docuseal/", hooks.docuseal, name="docuseal"),
]
