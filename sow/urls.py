from django.urls import path

from sow.views import (
    approving,
    commenting,
    comparing,
    drafting,
    editor,
    library,
    pen,
    redlines,
    word,
)

app_name = "sow"
urlpatterns = [
    path("<int:pk>/", editor.statement, name="statement"),
    path("<int:pk>/draft/", drafting.draft, name="draft"),
    path("<int:pk>/check/", editor.check, name="check"),
    path("<int:pk>/renew/", drafting.renew, name="renew"),
    path("<int:pk>/approval/", approving.ask, name="ask"),
    path("<int:pk>/agreed/", approving.agreed, name="agreed"),
    path("<int:pk>/pen/", pen.pen, name="pen"),
    path("<int:pk>/proposals/<int:proposal>/settle/", pen.settle, name="settle"),
    path("<int:pk>/comments/", commenting.comment, name="comment"),
    path("<int:pk>/comments/<int:remark>/", commenting.settle, name="settle_comment"),
    path("<int:pk>/returned/", word.returned, name="returned"),
    path("<int:pk>/versions/<int:number>/docx/", word.word, name="version_docx"),
    path("<int:pk>/said/<int:remark>/", redlines.settle, name="settle_outside"),
    path("<int:pk>/redlines/<int:redline>/", redlines.redline, name="redline"),
    path("<int:pk>/versions/", comparing.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/", comparing.version, name="version"),
    path("<int:pk>/versions/<int:number>/pdf/", comparing.paper, name="version_pdf"),
    path("<int:pk>/compare/", comparing.compare, name="compare"),
    path("library/", library.clauses, name="library"),
    path("library/new/", library.new, name="new_clause"),
    path("library/<slug:key>/", library.clause, name="clause"),
    path("library/<slug:key>/edit/", library.edit, name="edit_clause"),
    path("templates/<int:pk>/", library.template, name="template"),
    path("templates/<int:pk>/edit/", library.edit_template, name="edit_template"),
]
