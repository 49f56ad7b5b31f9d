"""What was saved stays as it was saved, and names the estimate it was made from by its hash."""

from django.db import migrations

TABLES = ("sow_version", "sow_clauseversion", "sow_templateversion")

GUARD = """
CREATE FUNCTION sow_saved_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was saved never changes: save a new version'
    USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION sow_version_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM scoping_estimateversion e
    JOIN sow_statementofwork s ON s.issue_id = e.issue_id
    WHERE e.id = NEW.estimate_version_id AND e.digest = NEW.estimate_digest
      AND s.id = NEW.statement_id
  ) THEN
    RAISE EXCEPTION 'a statement of work pins an estimate of its own issue by its hash'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER sow_version_pins BEFORE INSERT ON sow_version
  FOR EACH ROW EXECUTE FUNCTION sow_version_pins();
""" + "".join(
    f"""
CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION sow_saved_stays();
"""
    for table in TABLES
)

UNDO = "".join(f"DROP TRIGGER {table}_stays ON {table};\n" for table in TABLES) + """
DROP TRIGGER sow_version_pins ON sow_version;
DROP FUNCTION sow_version_pins();
DROP FUNCTION sow_saved_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("sow", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
