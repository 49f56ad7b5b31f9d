"""A file that was made stays; a stamp is of one file of the newest version, and is only voided."""

from django.db import migrations

GUARD = """
CREATE FUNCTION sow_document_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.made_at IS NOT NULL THEN
    RAISE EXCEPTION 'a document that was made never changes'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION sow_stamp_binds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM sow_document d
    JOIN sow_version v ON v.id = d.version_id
    JOIN sow_statementofwork s ON s.id = v.statement_id AND s.latest = v.number
    WHERE d.id = NEW.document_id AND d.purpose = 'stamped' AND d.made_at IS NOT NULL
      AND d.sha256 = NEW.sha256 AND d.version_id = NEW.version_id
      AND d.statement_id = NEW.statement_id AND s.id = NEW.statement_id
      AND NEW.voided_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a stamp is of one file of the newest version'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION sow_stamp_is_only_voided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL
     OR to_jsonb(OLD) - '{voided_at,voided_by_id,why}'::text[]
        <> to_jsonb(NEW) - '{voided_at,voided_by_id,why}'::text[] THEN
    RAISE EXCEPTION 'a stamp stays as it was given: void it once, with a reason'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER sow_document_stays BEFORE UPDATE OR DELETE ON sow_document
  FOR EACH ROW EXECUTE FUNCTION sow_document_stays();
CREATE TRIGGER sow_stamp_binds BEFORE INSERT ON sow_stamp
  FOR EACH ROW EXECUTE FUNCTION sow_stamp_binds();
CREATE TRIGGER sow_stamp_is_only_voided BEFORE UPDATE OR DELETE ON sow_stamp
  FOR EACH ROW EXECUTE FUNCTION sow_stamp_is_only_voided();
"""

UNDO = """
DROP TRIGGER sow_stamp_is_only_voided ON sow_stamp;
DROP TRIGGER sow_stamp_binds ON sow_stamp;
DROP TRIGGER sow_document_stays ON sow_document;
DROP FUNCTION sow_stamp_is_only_voided();
DROP FUNCTION sow_stamp_binds();
DROP FUNCTION sow_document_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("sow", "0005_documents")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
