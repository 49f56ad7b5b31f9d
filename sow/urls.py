from django.urls import path

from sow.views import approving, booking, comparing, drafting, editor, handoff, legal, library, pen

app_name = "sow"
urlpatterns = [
    path("<int:pk>/", editor.statement, name="statement"),
    path("<int:pk>/draft/", drafting.draft, name="draft"),
    path("<int:pk>/check/", editor.check, name="check"),
    path("<int:pk>/renew/", drafting.renew, name="renew"),
    path("<int:pk>/approval/", approving.ask, name="ask"),
    path("<int:pk>/agreed/", approving.agreed, name="agreed"),
    path("<int:pk>/booking/", booking.booking, name="booking"),
    path("<int:pk>/booking/<int:deed>/back/", booking.take_back, name="booking_back"),
    path("<int:pk>/handoff/", handoff.handoff, name="handoff"),
    path("<int:pk>/handoff/pdf/", handoff.paper, name="handoff_pdf"),
    path("<int:pk>/handoff/readiness/<slug:key>/", handoff.readiness, name="readiness"),
    path("<int:pk>/handoff/tasks/<int:task>/", handoff.task, name="handoff_task"),
    path("<int:pk>/legal/", legal.legal, name="legal"),
    path("<int:pk>/pen/", pen.pen, name="pen"),
    path("<int:pk>/proposals/<int:proposal>/settle/", pen.settle, name="settle"),
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
