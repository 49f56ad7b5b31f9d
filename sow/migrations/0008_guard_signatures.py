"""A signature stays as it was given, and is given only to what is out under a stamp that stands."""

from django.db import migrations

GUARD = """
CREATE FUNCTION sow_signature_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.turn IN ('signed', 'declined') THEN
    RAISE EXCEPTION 'what was signed or declined never changes'
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.turn = 'signed' AND NOT EXISTS (
    SELECT FROM sow_signing g JOIN sow_stamp s ON s.id = g.stamp_id
    WHERE g.id = NEW.signing_id AND g.standing = 'out'
      AND s.voided_at IS NULL AND s.sha256 = g.sha256
  ) THEN
    RAISE EXCEPTION 'only what is out for signature under its stamp is signed'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION sow_signing_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.sha256 <> OLD.sha256 OR NEW.stamp_id <> OLD.stamp_id OR (
    NEW.standing <> OLD.standing AND OLD.standing <> 'out'
    AND NOT (OLD.standing = 'signed' AND NEW.standing = 'executed')
  ) THEN
    RAISE EXCEPTION 'a signing is of one file and ends once'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER sow_signature_stays BEFORE UPDATE OR DELETE ON sow_signer
  FOR EACH ROW EXECUTE FUNCTION sow_signature_stays();
CREATE TRIGGER sow_signing_ends_once BEFORE UPDATE OR DELETE ON sow_signing
  FOR EACH ROW EXECUTE FUNCTION sow_signing_ends_once();
"""

UNDO = """
DROP TRIGGER sow_signing_ends_once ON sow_signing;
DROP TRIGGER sow_signature_stays ON sow_signer;
DROP FUNCTION sow_signing_ends_once();
DROP FUNCTION sow_signature_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("sow", "0007_signing")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
