"""Copies a desk's live issues into a schema of their own in its database: same rows, same server.

``python -m bench.bare.rows`` does it, and lets one person in.
"""

from __future__ import annotations

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

LOGIN = ("bare", "a-bare-password")
TABLES = """
DROP SCHEMA IF EXISTS bare CASCADE;
CREATE SCHEMA bare;
CREATE TABLE card AS
SELECT issue.id, issue.title, issue.state, account.name AS account, segment.name AS segment,
       manager.name AS manager, issue.expected_value AS value, issue.next_step_date AS due,
       issue.description, issue.next_step, issue.current_state, issue.em_status, issue.waiting_on,
       issue.services, issue.agreement, issue.communication_owner, issue.services_calculator,
       issue.created_at, issue.free_labels, issue.entered_state_at,
       territory.name AS territory, requester.name AS requester, architect.name AS architect,
       delivery.name AS delivery, owner.name AS owner, opportunity.name AS opportunity,
       opportunity.stage, opportunity.close_date,
       row_number() OVER (
         PARTITION BY issue.state
         ORDER BY issue.next_step_date, issue.expected_value DESC, issue.id) AS place,
       issue.engagement_manager_id IS NULL AS unassigned
  FROM public.scoping_scopingissue issue
  JOIN public.scoping_account account ON account.id = issue.account_id
  LEFT JOIN public.people_territory territory ON territory.id = account.sales_territory_id
  LEFT JOIN public.people_segment segment ON segment.id = issue.segment_id
  LEFT JOIN public.people_user manager ON manager.id = issue.engagement_manager_id
  LEFT JOIN public.people_user requester ON requester.id = issue.requester_id
  LEFT JOIN public.people_user architect ON architect.id = issue.technical_architect_id
  LEFT JOIN public.people_user delivery ON delivery.id = issue.delivery_manager_id
  LEFT JOIN public.people_user owner ON owner.id = issue.next_step_owner_id
  LEFT JOIN public.scoping_opportunity opportunity ON opportunity.id = issue.opportunity_id
 WHERE issue.state <> 'closed';
ALTER TABLE card ADD PRIMARY KEY (id);
CREATE INDEX ON card (place);
CREATE TABLE line (
  id bigserial PRIMARY KEY, card_id bigint REFERENCES card, at timestamptz, who text, what text);
INSERT INTO line (card_id, at, who, what)
SELECT subject_id, at, name, verb || ' ' || after
  FROM public.ledger_event LEFT JOIN public.people_user actor ON actor.id = actor_id
 WHERE subject_type = 'scoping.scopingissue' AND subject_id IN (SELECT id FROM card);
INSERT INTO line (card_id, at, who, what)
SELECT subject_id, created_at, name, body
  FROM public.activity_comment JOIN public.people_user author ON author.id = author_id
 WHERE subject_id IN (SELECT id FROM card);
INSERT INTO line (card_id, what, who)
SELECT card.id, prompt, text
  FROM card CROSS JOIN public.scoping_question question
  LEFT JOIN public.scoping_answer answer ON issue_id = card.id AND question_id = question.id
 WHERE question.service = '' OR question.service = ANY (services);
INSERT INTO line (card_id, at, who, what)
SELECT subject_id, due_at, clock.state, policy.name || ' ' || started_at
  FROM public.sla_clock clock JOIN public.sla_policy policy ON policy.id = policy_id
 WHERE subject_type = 'scoping.scopingissue' AND subject_id IN (SELECT id FROM card);
CREATE INDEX ON line (card_id, at DESC NULLS LAST);
CREATE TABLE found AS
SELECT issue.id, issue.title, account.name AS account, segment.name AS segment,
       manager.name AS manager, issue.state, issue.outcome, issue.next_step,
       issue.entered_state_at, wording.words
  FROM public.scoping_scopingissue issue
  JOIN public.scoping_wording wording ON wording.issue_id = issue.id
  JOIN public.scoping_account account ON account.id = issue.account_id
  LEFT JOIN public.people_segment segment ON segment.id = issue.segment_id
  LEFT JOIN public.people_user manager ON manager.id = issue.engagement_manager_id;
ALTER TABLE found ADD PRIMARY KEY (id);
CREATE INDEX ON found USING gin (words);
ANALYZE card, line, found;
"""


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    call_command("migrate", verbosity=0)
    name, password = LOGIN
    get_user_model().objects.create_user(name, password=password)


if __name__ == "__main__":
    django.setup()
    prepare()
