"""An issue that lived elsewhere may begin in the column its last event adopts it into."""

from django.db import migrations

BEGIN_ADOPTED = """
CREATE OR REPLACE FUNCTION scoping_issue_guard() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off AS $$
DECLARE
  moves text[] := ARRAY[
    'open>awaiting_discovery', 'open>strawman_wip', 'awaiting_discovery>strawman_wip',
    'strawman_wip>estimate_feedback', 'estimate_feedback>strawman_wip',
    'estimate_feedback>sow_wip', 'sow_wip>estimate_feedback', 'sow_wip>ready_for_approval',
    'ready_for_approval>sow_wip', 'ready_for_approval>approved', 'approved>sow_wip',
    'open>on_hold', 'awaiting_discovery>on_hold', 'strawman_wip>on_hold',
    'estimate_feedback>on_hold', 'sow_wip>on_hold', 'ready_for_approval>on_hold',
    'approved>on_hold',
    'open>closed', 'awaiting_discovery>closed', 'strawman_wip>closed',
    'estimate_feedback>closed', 'on_hold>closed', 'sow_wip>closed',
    'ready_for_approval>closed', 'approved>closed'];
BEGIN
  NEW.changed_in := pg_current_xact_id()::text::bigint;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' AND NOT EXISTS (
      SELECT FROM (
        SELECT verb, after, transaction FROM ledger_event
         WHERE subject_type = 'scoping.scopingissue' AND subject_id = NEW.id
         ORDER BY number DESC LIMIT 1) AS last
       WHERE verb = 'scoping.adopted' AND after = NEW.state
         AND transaction = pg_current_xact_id()::text::bigint)
    THEN
      RAISE EXCEPTION 'a scoping issue begins in open or where it was adopted, not in %', NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (moves)
    AND NOT EXISTS (
      SELECT FROM ledger_event
       WHERE subject_type = 'scoping.scopingissue' AND subject_id = NEW.id
         AND verb IN ('scoping.moved_back', 'scoping.reopen', 'scoping.resume', 'scoping.adopted')
         AND before = OLD.state AND after = NEW.state
         AND transaction = pg_current_xact_id()::text::bigint)
  THEN
    RAISE EXCEPTION 'a scoping issue cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

BEGIN_IN_OPEN = """
CREATE OR REPLACE FUNCTION scoping_issue_guard() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off AS $$
DECLARE
  moves text[] := ARRAY[
    'open>awaiting_discovery', 'open>strawman_wip', 'awaiting_discovery>strawman_wip',
    'strawman_wip>estimate_feedback', 'estimate_feedback>strawman_wip',
    'estimate_feedback>sow_wip', 'sow_wip>estimate_feedback', 'sow_wip>ready_for_approval',
    'ready_for_approval>sow_wip', 'ready_for_approval>approved', 'approved>sow_wip',
    'open>on_hold', 'awaiting_discovery>on_hold', 'strawman_wip>on_hold',
    'estimate_feedback>on_hold', 'sow_wip>on_hold', 'ready_for_approval>on_hold',
    'approved>on_hold',
    'open>closed', 'awaiting_discovery>closed', 'strawman_wip>closed',
    'estimate_feedback>closed', 'on_hold>closed', 'sow_wip>closed',
    'ready_for_approval>closed', 'approved>closed'];
BEGIN
  NEW.changed_in := pg_current_xact_id()::text::bigint;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      RAISE EXCEPTION 'a scoping issue begins in open, not in %', NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (moves)
    AND NOT EXISTS (
      SELECT FROM ledger_event
       WHERE subject_type = 'scoping.scopingissue' AND subject_id = NEW.id
         AND verb IN ('scoping.moved_back', 'scoping.reopen', 'scoping.resume', 'scoping.adopted')
         AND before = OLD.state AND after = NEW.state
         AND transaction = pg_current_xact_id()::text::bigint)
  THEN
    RAISE EXCEPTION 'a scoping issue cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scoping", "0010_webhooks")]

    operations = [migrations.RunSQL(BEGIN_ADOPTED, BEGIN_IN_OPEN)]
