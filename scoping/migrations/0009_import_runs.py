import django.core.serializers.json
import django.db.models.deletion
import scoping.models.import_run
from django.conf import settings
from django.db import migrations, models

# What an import changed is asked of the ledger, where few events are of any import.
INDEX = """
CREATE INDEX scoping_event_of_import ON ledger_event ((data -> 'import_run'))
 WHERE data ? 'import_run'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('scoping', '0008_search'),
        ('ledger', '0002_chain'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folder', models.CharField(default=scoping.models.import_run.folder_name, max_length=32, unique=True)),
                ('created_at', models.DateTimeField()),
                ('project', models.CharField(blank=True, max_length=255)),
                ('fields', models.JSONField(default=dict)),
                ('step', models.CharField(choices=[('map', 'Being mapped'), ('checked', 'Checked'), ('done', 'Imported'), ('undone', 'Undone')], default='map', max_length=10)),
                ('refused', models.BooleanField(default=False)),
                ('counts', models.JSONField(default=dict)),
                ('summary', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('deed', models.CharField(blank=True, choices=[('check', 'Checking'), ('run', 'Importing'), ('undo', 'Undoing')], max_length=10)),
                ('asked_at', models.DateTimeField(null=True)),
                ('begun_at', models.DateTimeField(null=True)),
                ('read', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('heard_at', models.DateTimeField(null=True)),
                ('cancelled', models.BooleanField(default=False)),
                ('stopped', models.CharField(blank=True, max_length=300)),
                ('checked_at', models.DateTimeField(null=True)),
                ('run_at', models.DateTimeField(null=True)),
                ('seconds', models.FloatField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('files_removed_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('step__in', ['map', 'checked', 'done', 'undone']), ('deed__in', ['', 'check', 'run', 'undo'])), name='scoping_importrun_known_step'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('gitlab_issues', 'GitLab issues'), ('gitlab_events', 'GitLab label or state events'), ('gitlab_members', 'GitLab project members'), ('maven', 'Maven opportunities'), ('maven_accounts', 'Maven accounts'), ('maven_products', 'Maven products'), ('maven_teams', 'Maven sales teams'), ('salesforce', 'Salesforce opportunities'), ('salesforce_accounts', 'Salesforce accounts'), ('unknown', 'Leave this file out')], max_length=20)),
                ('recognised', models.CharField(choices=[('gitlab_issues', 'GitLab issues'), ('gitlab_events', 'GitLab label or state events'), ('gitlab_members', 'GitLab project members'), ('maven', 'Maven opportunities'), ('maven_accounts', 'Maven accounts'), ('maven_products', 'Maven products'), ('maven_teams', 'Maven sales teams'), ('salesforce', 'Salesforce opportunities'), ('salesforce_accounts', 'Salesforce accounts'), ('unknown', 'Leave this file out')], max_length=20)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='scoping.importrun')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'number'), name='scoping_importfile_in_a_row'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Former',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issue', models.BigIntegerField()),
                ('was', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='formers', to='scoping.importrun')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'issue'), name='scoping_former_once_a_run'),
                ],
            },
        ),
        migrations.RunSQL(INDEX, "DROP INDEX scoping_event_of_import"),
    ]
