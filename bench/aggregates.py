"""What the dashboard of a quarter reckons, as anybody would write it for Q424: plain statements."""

# ruff: noqa: S608 (every word of these statements is written here)
from __future__ import annotations

START, END, BEFORE = "2023-11-01 07:00+00", "2024-02-01 08:00+00", "2022-11-01 07:00+00"
PARTS = "('awaiting_discovery'), ('strawman_wip'), ('estimate_feedback'), ('sow_wip'), ('ready_for_approval'), ('approved')"
REACHED = ", ".join(
    f"min(s.entered_at) FILTER (WHERE s.state IN ({names})) AS r{number}"
    for number, names in enumerate(
        ",".join(PARTS.replace("(", "").replace(")", "").split(", ")[number:])
        for number in range(6)
    )
)
STEPS = ", ".join(
    f"count(*) FILTER (WHERE r{number} IS NOT NULL OR outcome = 'won'),"
    f" percentile_cont(0.5) WITHIN GROUP (ORDER BY r{number} - created_at)"
    for number in range(6)
)
STAYS = "percentile_cont(ARRAY[0.5, 0.85]) WITHIN GROUP (ORDER BY left_at - entered_at)"
NOW = f"left_at >= '{START}' AND left_at < '{END}'"
THEN = f"left_at >= '{BEFORE}' AND left_at < '{START}'"
STANDING = f"entered_at <= '{END}' AND (left_at IS NULL OR left_at > '{END}') AND state <> 'closed'"
AGGREGATES = {
    "people": "SELECT id, name FROM people_user WHERE roles @> ARRAY['em']::varchar[] ORDER BY name",
    "segments": "SELECT id, name FROM people_segment ORDER BY position, name",
    "closed": (
        "SELECT close_quarter, count(*) FILTER (WHERE outcome = 'won'),"
        " count(*) FILTER (WHERE outcome = 'lost'), sum(expected_value) FILTER (WHERE outcome ="
        " 'won'), sum(expected_value) FILTER (WHERE outcome = 'lost'),"
        " count(*) FILTER (WHERE close_reason = 'timed_out') FROM scoping_scopingissue"
        " WHERE close_quarter IN ('Q123','Q223','Q323','Q423','Q124','Q224','Q324','Q424')"
        " GROUP BY close_quarter"
    ),
    "reasons": (
        "SELECT close_reason, count(*), sum(expected_value) FROM scoping_scopingissue"
        " WHERE close_quarter = 'Q424' AND outcome = 'lost' GROUP BY close_reason"
    ),
    "funnel": (
        f"SELECT count(*), {STEPS} FROM (SELECT i.id, i.created_at, i.outcome, {REACHED}"
        " FROM scoping_scopingissue i LEFT JOIN scoping_stay s ON s.issue_id = i.id"
        f" WHERE i.created_at >= '{START}' AND i.created_at < '{END}' GROUP BY i.id) c"
    ),
    "time in state": (
        f"SELECT state, count(*) FILTER (WHERE {NOW}), {STAYS} FILTER (WHERE {NOW}),"
        f" count(*) FILTER (WHERE {THEN}), {STAYS} FILTER (WHERE {THEN}) FROM scoping_stay"
        f" WHERE state <> 'closed' AND (({NOW}) OR ({THEN})) GROUP BY state"
    ),
    "ageing": (
        f"SELECT state, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY '{END}'::timestamptz"
        f" - entered_at), count(*) FILTER (WHERE entered_at < '{END}'::timestamptz - interval '20"
        f" days') FROM scoping_stay WHERE {STANDING} GROUP BY state"
    ),
    "stuck": (
        "SELECT s.state, s.entered_at, i.title, a.name FROM scoping_stay s JOIN scoping_scopingissue"
        " i ON i.id = s.issue_id JOIN scoping_account a ON a.id = i.account_id WHERE"
        f" {STANDING.replace('state', 's.state')} AND entered_at < '{END}'::timestamptz - interval"
        " '20 days' ORDER BY entered_at LIMIT 10"
    ),
    "promises": (
        "SELECT key, state, count(*) FROM sla_clock WHERE subject_type = 'scoping.scopingissue'"
        f" AND started_at >= '{START}' AND started_at < '{END}' GROUP BY key, state"
    ),
    "deals": (
        "SELECT stage, forecast_category, confidence, count(*), sum(coalesce(quoted_value,"
        " services_value, amount)) FROM scoping_opportunity WHERE NOT deleted AND stage NOT IN"
        " ('9', '10') AND close_date BETWEEN '2023-11-01' AND '2024-01-31'"
        " GROUP BY stage, forecast_category, confidence"
    ),
}
WORTH = "coalesce(nullif(o.quoted_value, 0), o.services_value, o.amount)"
OPEN = "o.stage NOT IN ('won', '0', 'lost', '9', '10')"
UP_TO = {
    "closed": "o.stage = 'won'",
    "commit": f"o.stage = 'won' OR ({OPEN} AND o.confidence = 'green')",
    "best_case": f"o.stage = 'won' OR ({OPEN} AND o.confidence IN ('green', 'amber'))",
    "pipeline": f"o.stage = 'won' OR {OPEN}",
}
FIGURES = ", ".join(
    f"count(*) FILTER (WHERE {which}), sum({WORTH}) FILTER (WHERE {which})"
    for which in UP_TO.values()
)
IN_QUARTER = "NOT o.deleted AND o.close_date BETWEEN '2023-11-01' AND '2024-01-31'"
REGION = "coalesce(nullif(o.office, ''), upper(split_part(s.name, '_', 2)), '')"
JOINED = (
    "FROM scoping_opportunity o LEFT JOIN people_user u ON u.id = o.engagement_manager_id"
    f" LEFT JOIN people_segment s ON s.id = o.segment_id WHERE {IN_QUARTER}"
)
FORECAST = {
    "lines": f"SELECT {REGION}, u.name, {FIGURES} {JOINED} GROUP BY 1, u.id ORDER BY 1, 2",
    "regions": f"SELECT {REGION}, {FIGURES} {JOINED} GROUP BY 1 ORDER BY 1",
    "total": f"SELECT {FIGURES} {JOINED}",
    "plans": (
        "SELECT u.name, p.bookings, p.revenue, p.recognised FROM forecasting_plan p JOIN"
        " people_user u ON u.id = p.engagement_manager_id WHERE p.quarter = 'Q424' ORDER BY 1"
    ),
    "calls": (
        "SELECT DISTINCT ON (u.name) u.name, l.commit, l.best_case, l.note, l.at"
        " FROM forecasting_call c JOIN forecasting_submission l ON l.call_id = c.id"
        " JOIN people_user u ON u.id = c.engagement_manager_id WHERE c.quarter = 'Q424'"
        " ORDER BY u.name, c.week DESC, l.at DESC"
    ),
}
