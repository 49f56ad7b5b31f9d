"""The database numbers, chains and protects events."""

from django.db import migrations

CHAIN = """
CREATE FUNCTION ledger_text(event ledger_event) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(chr(31),
    event.subject_type, event.subject_id, event.number, event.verb,
    coalesce(event.actor_id::text, ''), event.origin,
    to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(event.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    event.before, event.after, event.data::text, event.previous)
$$;

-- Statistics of a table that was empty a moment ago must not turn the look-up into a scan.
CREATE FUNCTION ledger_chain() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE last record;
BEGIN
  SELECT number, hash INTO last FROM ledger_event
   WHERE subject_type = NEW.subject_type AND subject_id = NEW.subject_id
   ORDER BY number DESC LIMIT 1;
  NEW.number := coalesce(last.number, 0) + 1;
  NEW.previous := coalesce(last.hash, '');
  NEW.recorded_at := clock_timestamp();
  NEW.transaction := pg_current_xact_id()::text::bigint;
  NEW.hash := encode(sha256(convert_to(ledger_text(NEW), 'UTF8')), 'hex');
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_event_chain BEFORE INSERT ON ledger_event
  FOR EACH ROW EXECUTE FUNCTION ledger_chain();

CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_event_no_truncate BEFORE TRUNCATE ON ledger_event
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""

UNDO = """
DROP TRIGGER ledger_event_no_truncate ON ledger_event;
DROP TRIGGER ledger_event_append_only ON ledger_event;
DROP TRIGGER ledger_event_chain ON ledger_event;
DROP FUNCTION ledger_append_only();
DROP FUNCTION ledger_chain();
DROP FUNCTION ledger_text(ledger_event);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(CHAIN, UNDO)]
