"""The database's last word: what was published, and every rate once given, never changes."""

from django.db import migrations

ITEMS = ("catalogueservice", "catalogueactivity", "sku", "guideline", "priceband")
LINES = {
    "ratecard": "billrate",
    "costsheet": "costrate",
}

# An item belongs to its version, hours to that of their activity, and to a draft alone. The share
# lock lets nobody publish the version before whoever writes into it is done.
GUARD = """
CREATE FUNCTION scoping_catalogue_refuse_published(version bigint) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
  SELECT status INTO found FROM scoping_catalogueversion WHERE id = version FOR SHARE;
  IF found = 'published' THEN
    RAISE EXCEPTION 'a published version of the catalogue never changes'
      USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE FUNCTION scoping_catalogue_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE home bigint;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM scoping_catalogue_refuse_published(OLD.version_id);
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  PERFORM scoping_catalogue_refuse_published(NEW.version_id);
  IF TG_TABLE_NAME <> 'scoping_catalogueservice' THEN
    SELECT version_id INTO home FROM scoping_catalogueservice
     WHERE id = (to_jsonb(NEW) ->> 'service_id')::bigint;
    IF home <> NEW.version_id THEN
      RAISE EXCEPTION 'an item belongs to the version of its service'
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION scoping_catalogue_hours_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM scoping_catalogue_refuse_published(
      (SELECT version_id FROM scoping_catalogueactivity WHERE id = OLD.activity_id));
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  PERFORM scoping_catalogue_refuse_published(
    (SELECT version_id FROM scoping_catalogueactivity WHERE id = NEW.activity_id));
  RETURN NEW;
END $$;

CREATE FUNCTION scoping_catalogue_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'published' THEN
    RAISE EXCEPTION 'a published version of the catalogue never changes'
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER scoping_catalogue_version_guard BEFORE UPDATE OR DELETE
  ON scoping_catalogueversion FOR EACH ROW EXECUTE FUNCTION scoping_catalogue_version_guard();

CREATE TRIGGER scoping_catalogue_hours_guard BEFORE INSERT OR UPDATE OR DELETE
  ON scoping_rolehours FOR EACH ROW EXECUTE FUNCTION scoping_catalogue_hours_guard();

CREATE FUNCTION scoping_rates_head_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'rates once given never change: give new ones'
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.made_in := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER scoping_catalogue_item_guard BEFORE INSERT OR UPDATE OR DELETE
  ON scoping_{table} FOR EACH ROW EXECUTE FUNCTION scoping_catalogue_item_guard();
"""
    for table in ITEMS
) + "".join(
    f"""
CREATE TRIGGER scoping_rates_head_guard BEFORE INSERT OR UPDATE OR DELETE
  ON scoping_{head} FOR EACH ROW EXECUTE FUNCTION scoping_rates_head_guard();

CREATE FUNCTION scoping_{line}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' OR NOT EXISTS (
    SELECT FROM scoping_{head} WHERE id = NEW.{column}
       AND made_in = pg_current_xact_id()::text::bigint)
  THEN
    RAISE EXCEPTION 'rates once given never change: give new ones'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER scoping_{line}_guard BEFORE INSERT OR UPDATE OR DELETE
  ON scoping_{line} FOR EACH ROW EXECUTE FUNCTION scoping_{line}_guard();
"""
    for (head, line), column in zip(LINES.items(), ("card_id", "sheet_id"))
)

UNDO = (
    "".join(f"DROP TRIGGER scoping_catalogue_item_guard ON scoping_{table};" for table in ITEMS)
    + "".join(
        f"DROP TRIGGER scoping_rates_head_guard ON scoping_{head};"
        f"DROP TRIGGER scoping_{line}_guard ON scoping_{line};"
        f"DROP FUNCTION scoping_{line}_guard();"
        for head, line in LINES.items()
    )
    + """
DROP TRIGGER scoping_catalogue_version_guard ON scoping_catalogueversion;
DROP TRIGGER scoping_catalogue_hours_guard ON scoping_rolehours;
DROP FUNCTION scoping_rates_head_guard();
DROP FUNCTION scoping_catalogue_version_guard();
DROP FUNCTION scoping_catalogue_hours_guard();
DROP FUNCTION scoping_catalogue_item_guard();
DROP FUNCTION scoping_catalogue_refuse_published(bigint);
"""
)


class Migration(migrations.Migration):
    dependencies = [("scoping", "0016_catalogue")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
