from django.urls import path

from scoping.views import board, issue, moves

app_name = "scoping"
urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/by-em/", board.by_em, name="board_by_em"),
    path("board/changes/", board.changes, name="changes"),
    path("board/column/<str:key>/", board.column, name="column"),
    path("issues/<int:pk>/", issue.issue, name="issue"),
    path("issues/<int:pk>/move/", moves.move, name="move"),
    path("issues/<int:pk>/undo/", moves.take_back, name="undo"),
    path("issues/<int:pk>/assign/", issue.assign_to, name="assign"),
    path("issues/<int:pk>/status/", issue.status, name="status"),
    path("issues/<int:pk>/facts/<str:group>/", issue.facts, name="facts"),
    path("issues/<int:pk>/team/", issue.team, name="team"),
    path("issues/<int:pk>/questions/<slug:key>/", issue.answer_question, name="answer"),
    path("issues/<int:pk>/meetings/", issue.plan_meeting, name="plan_meeting"),
    path("issues/<int:pk>/meetings/<int:meeting_pk>/", issue.end_meeting, name="end_meeting"),
    path(
        "issues/<int:pk>/meetings/<int:meeting_pk>/calendar/",
        issue.calendar_file,
        name="calendar_file",
    ),
    path("issues/<int:pk>/merge/", issue.merge_into, name="merge"),
    path("issues/<int:pk>/revive/", issue.revive_deal, name="revive"),
    path("issues/<int:pk>/correct/", issue.correct_close, name="correct"),
]
