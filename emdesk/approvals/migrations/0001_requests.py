"""Requests, steps, decisions and questions; and the database's last word on them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARD = """
CREATE FUNCTION approvals_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'what was asked stays on record' USING ERRCODE = 'check_violation';
  END IF;
  IF (to_jsonb(NEW) - 'standing' - 'ended_at') <> (to_jsonb(OLD) - 'standing' - 'ended_at') THEN
    RAISE EXCEPTION 'what a request pins never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.standing <> 'waiting' THEN
    RAISE EXCEPTION 'a request that ended stays so' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION approvals_step_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'what was asked stays on record' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.request_id <> OLD.request_id OR NEW.gate <> OLD.gate OR NEW.roles <> OLD.roles THEN
    RAISE EXCEPTION 'a step stays the one it is' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.turn <> OLD.turn AND OLD.turn NOT IN ('later', 'asked') THEN
    RAISE EXCEPTION 'a step that was decided stays so' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION approvals_decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked approvals_request%ROWTYPE;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a decision never changes' USING ERRCODE = 'check_violation';
  END IF;
  SELECT r.* INTO asked FROM approvals_request r JOIN approvals_step s ON s.request_id = r.id
   WHERE s.id = NEW.step_id FOR SHARE OF r;
  IF asked.standing <> 'waiting' THEN
    RAISE EXCEPTION 'nobody decides about what has ended' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.digest <> asked.digest OR NEW.requester_id <> asked.requester_id THEN
    RAISE EXCEPTION 'a decision is about what the request pins' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.by_id = ANY (asked.authors) THEN
    RAISE EXCEPTION 'nobody decides about what they wrote' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kept_from_id IS NULL AND EXISTS (
    SELECT 1 FROM approvals_decision d JOIN approvals_step s ON s.id = d.step_id
     WHERE s.request_id = asked.id AND d.by_id = NEW.by_id AND d.kept_from_id IS NULL)
  THEN
    RAISE EXCEPTION 'nobody decides two steps of one request' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER approvals_guard BEFORE UPDATE OR DELETE ON approvals_request
  FOR EACH ROW EXECUTE FUNCTION approvals_request_guard();
CREATE TRIGGER approvals_guard BEFORE UPDATE OR DELETE ON approvals_step
  FOR EACH ROW EXECUTE FUNCTION approvals_step_guard();
CREATE TRIGGER approvals_guard BEFORE INSERT OR UPDATE OR DELETE ON approvals_decision
  FOR EACH ROW EXECUTE FUNCTION approvals_decision_guard();
"""

UNDO = """
DROP TRIGGER approvals_guard ON approvals_decision;
DROP TRIGGER approvals_guard ON approvals_step;
DROP TRIGGER approvals_guard ON approvals_request;
DROP FUNCTION approvals_decision_guard();
DROP FUNCTION approvals_step_guard();
DROP FUNCTION approvals_request_guard();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.CharField(max_length=30)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('about_name', models.CharField(max_length=250)),
                ('document_id', models.BigIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('value', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('facts', models.JSONField(default=dict)),
                ('authors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('asked_at', models.DateTimeField()),
                ('standing', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('sent_back', 'Changes asked'), ('rejected', 'Rejected'), ('recalled', 'Recalled'), ('superseded', 'Replaced')], default='waiting', max_length=10)),
                ('ended_at', models.DateTimeField(null=True)),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'indexes': [
                    models.Index(fields=['subject_type', 'subject_id', 'chain'], name='approvals_about'),
                    models.Index(condition=models.Q(('standing', 'waiting')), fields=['asked_at'], name='approvals_request_waiting'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('standing', 'waiting')), fields=('subject_type', 'subject_id', 'chain'), name='approvals_one_open_request'),
                    models.CheckConstraint(condition=models.Q(('standing__in', ['waiting', 'approved', 'sent_back', 'rejected', 'recalled', 'superseded'])), name='approvals_request_standing'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('standing', 'waiting')), models.Q(models.Q(('standing', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='approvals_request_ended'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(max_length=30)),
                ('name', models.CharField(max_length=80)),
                ('place', models.PositiveSmallIntegerField()),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('why', models.CharField(max_length=300)),
                ('turn', models.CharField(choices=[('later', 'Not its turn yet'), ('asked', 'Asked'), ('approved', 'Approved'), ('sent_back', 'Changes asked'), ('rejected', 'Rejected'), ('dropped', 'Not decided')], default='later', max_length=10)),
                ('delegate_until', models.DateField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('clock_from', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('reminded', models.PositiveSmallIntegerField(default=0)),
                ('remind_at', models.DateTimeField(null=True)),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delegate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='approvals.request')),
            ],
            options={
                'ordering': ['place', 'pk'],
                'indexes': [
                    models.Index(condition=models.Q(('turn', 'asked')), fields=['remind_at'], name='approvals_step_to_remind'),
                    models.Index(condition=models.Q(('turn', 'asked')), fields=['assignee'], name='approvals_step_assignee'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('request', 'gate'), name='approvals_step_once'),
                    models.CheckConstraint(condition=models.Q(('turn__in', ['later', 'asked', 'approved', 'sent_back', 'rejected', 'dropped'])), name='approvals_step_turn'),
                    models.CheckConstraint(condition=models.Q(models.Q(('delegate', None), ('delegate_until', None)), models.Q(('delegate__isnull', False), ('delegate_until__isnull', False), models.Q(('assignee', None), _negated=True)), _connector='OR'), name='approvals_step_delegated_until'),
                    models.CheckConstraint(condition=models.Q(('delegate', None), models.Q(('delegate', models.F('assignee')), _negated=True), _connector='OR'), name='approvals_step_delegate_is_another'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=1000)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='approvals.step')),
            ],
            options={
                'verbose_name_plural': 'inquiries',
                'ordering': ['at', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(models.Q(('answer', ''), _negated=True), models.Q(('answered_at', None), _negated=True)), _connector='OR'), name='approvals_inquiry_answered'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('approved', 'Approve'), ('sent_back', 'Ask for changes'), ('rejected', 'Reject')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=1000)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kept_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='kept', to='approvals.decision')),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='approvals.step')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('by', models.F('requester')), _negated=True), name='approvals_nobody_decides_their_own'),
                    models.CheckConstraint(condition=models.Q(('verdict__in', ['approved', 'sent_back', 'rejected'])), name='approvals_decision_verdict'),
                    models.CheckConstraint(condition=models.Q(('verdict', 'approved'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='approvals_no_without_reason'),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
