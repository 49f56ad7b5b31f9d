"""Words to find issues by, kept up by the database in the transaction of every change.

A row's own trigger names the columns it watches: who alters the type of one of them drops the
trigger first and creates it again.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

PLAIN = r"""
-- Text as its words are kept: small letters without accents, one space for what is no word.
CREATE FUNCTION scoping_plain(said text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  mark text;
BEGIN
  said := ' ' || lower(said);
  FOREACH mark IN ARRAY
    ARRAY['(', '/', ',', ':', '-', '.', '_', '@', '''', '"', '<', '&', '\', '~']
  LOOP
    said := replace(said, mark, ' ');
  END LOOP;
  said := replace(replace(replace(said, ' c++', ' cpp'), ' c#', ' csharp'), '+', ' ');
  IF octet_length(said) <> length(said) THEN
    said := replace(replace(replace(normalize(said), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
    said := translate(said,
      'àáâãäåāăąçćčďđèéêëēęěğìíîïīıłñńňòóôõöøōőŕřśşšţťùúûüūůűýÿźżž',
      'aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorrsssttuuuuuuuyyzzz');
    said := regexp_replace(said, '\W+', ' ', 'g');
  END IF;
  RETURN said;
END $$;
"""

QUERY = r"""
-- What finds one word (or words in a row): any word that begins so, its English stem, and the
-- other spelling of an umlaut; only among words of the weights ``within``, if any are named.
CREATE FUNCTION scoping_query(said text, within text) RETURNS tsquery
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  word text := btrim(scoping_plain(said));
  long text := btrim(scoping_plain(
    replace(replace(replace(normalize(lower(said)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue')));
  short text := replace(replace(replace(word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u');
  stem text := CASE WHEN word ~ '^[a-z]+$' THEN (ts_lexize('english_stem', word))[1] END;
BEGIN
  IF word = '' THEN
    RETURN '';
  END IF;
  RETURN to_tsquery('simple', concat_ws(' | ',
    '''' || word || ''':*' || within,
    CASE WHEN long <> word THEN '''' || long || ''':*' || within END,
    CASE WHEN short <> word THEN '''' || short || '''' || CASE WHEN within <> '' THEN ':' || within ELSE '' END END,
    CASE WHEN stem <> word AND length(stem) >= 4 THEN '''' || stem || ''':*' || within END));
END $$;
"""

DERIVED = r"""
CREATE FUNCTION scoping_wording_of(pks bigint[]) RETURNS TABLE (issue_id bigint, words tsvector)
  LANGUAGE sql STABLE AS $$
  SELECT issue.id,
         setweight(to_tsvector('simple', scoping_plain(issue.title || ' PS-' || issue.id)), 'A')
      || setweight(to_tsvector('simple', scoping_plain(account.name)), 'B')
      || setweight(to_tsvector('simple', scoping_plain(concat_ws(' ',
           issue.next_step, issue.current_state, array_to_string(issue.free_labels, ' ')))), 'C')
      || setweight(to_tsvector('simple', scoping_plain(concat_ws(' ', issue.description,
           left(answered.text, 60000), left(remarks.text, 80000)))), 'D')
    FROM scoping_scopingissue issue
    JOIN scoping_account account ON account.id = issue.account_id
    CROSS JOIN LATERAL (
      SELECT string_agg(text, ' ' ORDER BY id DESC) AS text
        FROM scoping_answer
       WHERE scoping_answer.issue_id = issue.id) answered
    CROSS JOIN LATERAL (
      SELECT string_agg(body, ' ' ORDER BY id DESC) AS text
        FROM activity_comment
       WHERE subject_type = 'scoping.scopingissue' AND subject_id = issue.id
         AND withdrawn_at IS NULL) remarks
   WHERE issue.id = ANY (pks)
$$;

-- Accounts first, then rows, then the words: whoever writes about the same issue waits here, and
-- then reads what the other wrote.
CREATE FUNCTION scoping_reword(pks bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM scoping_account account
    WHERE id IN (SELECT account_id FROM scoping_scopingissue WHERE id = ANY (pks))
    ORDER BY id FOR SHARE;
  PERFORM FROM scoping_wording WHERE issue_id = ANY (pks) ORDER BY issue_id FOR UPDATE;
  INSERT INTO scoping_wording (issue_id, words)
    SELECT issue_id, words FROM scoping_wording_of(pks)
    ON CONFLICT (issue_id) DO UPDATE SET words = EXCLUDED.words;
END $$;
"""

TRIGGERS = r"""
CREATE FUNCTION scoping_reword_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  pks bigint[];
BEGIN
  EXECUTE format('SELECT array_agg(DISTINCT pk) FROM (%s) AS changed_issues(pk)', TG_ARGV[0])
    INTO pks;
  IF pks IS NOT NULL THEN
    PERFORM scoping_reword(pks);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION scoping_reword_issue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM scoping_reword(ARRAY[NEW.id]);
  RETURN NULL;
END $$;

CREATE FUNCTION scoping_reword_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM scoping_reword(ARRAY(SELECT id FROM scoping_scopingissue WHERE account_id = NEW.id));
  RETURN NULL;
END $$;

CREATE TRIGGER scoping_issue_worded AFTER INSERT ON scoping_scopingissue
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION scoping_reword_changed('SELECT id FROM changed');

CREATE TRIGGER scoping_issue_reworded
  AFTER UPDATE OF title, description, next_step, current_state, free_labels, account_id
  ON scoping_scopingissue FOR EACH ROW
  WHEN ((OLD.title, OLD.description, OLD.next_step, OLD.current_state, OLD.free_labels,
         OLD.account_id)
    IS DISTINCT FROM
        (NEW.title, NEW.description, NEW.next_step, NEW.current_state, NEW.free_labels,
         NEW.account_id))
  EXECUTE FUNCTION scoping_reword_issue();

CREATE TRIGGER scoping_account_reworded AFTER UPDATE OF name ON scoping_account
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION scoping_reword_account();
"""

BESIDE = """
CREATE TRIGGER {table}_worded_{number} AFTER {deed} ON {table}
  REFERENCING {side} TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION scoping_reword_changed('{which}');
"""
DEEDS = [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")]
WHICH = {
    "scoping_answer": "SELECT issue_id FROM changed",
    "activity_comment": (
        "SELECT subject_id FROM changed WHERE subject_type = ''scoping.scopingissue''"
    ),
}
FILL = "SELECT scoping_reword(array_agg(id)) FROM scoping_scopingissue"

UNDO = """
DROP FUNCTION scoping_reword_changed() CASCADE;
DROP FUNCTION scoping_reword_issue() CASCADE;
DROP FUNCTION scoping_reword_account() CASCADE;
DROP FUNCTION scoping_reword(bigint[]);
DROP FUNCTION scoping_wording_of(bigint[]);
DROP FUNCTION scoping_query(text, text);
DROP FUNCTION scoping_plain(text);
"""


def beside() -> str:
    """Triggers on what is said beside the issue's own row."""
    return "".join(
        BESIDE.format(table=table, number=number, deed=deed, side=side, which=which)
        for table, which in WHICH.items()
        for number, (deed, side) in enumerate(DEEDS, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("scoping", "0007_saved_views"), ("activity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="wording",
                        serialize=False,
                        to="scoping.scopingissue",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"],
                        gin_pending_list_limit=512,
                        name="scoping_wording_words",
                    )
                ],
            },
        ),
        migrations.RunSQL(PLAIN + QUERY + DERIVED + TRIGGERS + beside(), UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
