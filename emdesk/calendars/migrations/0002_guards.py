"""What no single row can promise: a calendar has working time, and a version stays as it was."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION calendars_has_working_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  which bigint;
BEGIN
  IF TG_TABLE_NAME = 'calendars_workingcalendar' THEN which := NEW.id;
  ELSE which := OLD.calendar_id;
  END IF;
  IF EXISTS (SELECT FROM calendars_workingcalendar WHERE id = which)
    AND NOT EXISTS (SELECT FROM calendars_opening WHERE calendar_id = which)
  THEN
    RAISE EXCEPTION 'calendar % has no working time in its week', which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'calendars_calendar_has_working_time';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER calendars_calendar_has_working_time
  AFTER INSERT ON calendars_workingcalendar DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION calendars_has_working_time();
CREATE CONSTRAINT TRIGGER calendars_opening_leaves_working_time
  AFTER DELETE OR UPDATE ON calendars_opening DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION calendars_has_working_time();
CREATE FUNCTION calendars_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a version of a calendar is never altered'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'calendars_version_stays';
END $$;
CREATE TRIGGER calendars_version_stays
  BEFORE UPDATE OR DELETE ON calendars_calendarversion
  FOR EACH ROW EXECUTE FUNCTION calendars_version_stays();
"""

NO_GUARDS = """
DROP TRIGGER calendars_version_stays ON calendars_calendarversion;
DROP FUNCTION calendars_version_stays();
DROP TRIGGER calendars_opening_leaves_working_time ON calendars_opening;
DROP TRIGGER calendars_calendar_has_working_time ON calendars_workingcalendar;
DROP FUNCTION calendars_has_working_time();
"""


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
