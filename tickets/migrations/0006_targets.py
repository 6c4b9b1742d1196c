import django.db.models.deletion
from django.db import migrations, models

NINE_TO_FIVE = [[9 * 60, 17 * 60]]


def make_calendar(apps, schema_editor):
    week = [[*NINE_TO_FIVE]] * 5 + [[], []]
    apps.get_model("tickets", "Calendar").objects.create(name="Standard", week=week)


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_mail"), ("tickets", "0005_rules")]

    operations = [
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('zone', models.CharField(blank=True, default='', max_length=64)),
                ('week', models.JSONField(default=list)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='calendar_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='ServiceTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('position', models.PositiveIntegerField(default=0)),
                ('promises', models.JSONField(default=dict)),
                ('tells_people', models.BooleanField(default=True)),
                ('goes_on_top', models.BooleanField(default=True)),
                ('raises_priority', models.BooleanField(default=False)),
                ('calendar', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='tickets.calendar')),
                ('clients', models.ManyToManyField(blank=True, related_name='+', to='agents.client')),
                ('tag', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.tag')),
            ],
            options={
                'ordering': ('position', 'id'),
            },
        ),
        migrations.CreateModel(
            name='TicketClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first', 'First answer'), ('next', 'Next answer'), ('resolve', 'Solution')], max_length=7)),
                ('priority', models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High'), ('urgent', 'Urgent')], max_length=8)),
                ('amount', models.PositiveSmallIntegerField()),
                ('unit', models.CharField(choices=[('min', 'min'), ('h', 'h'), ('days', 'days')], max_length=4)),
                ('warn_minutes', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('pauses', models.JSONField(default=list)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('warn_at', models.DateTimeField(blank=True, null=True)),
                ('met_at', models.DateTimeField(blank=True, null=True)),
                ('warned_at', models.DateTimeField(blank=True, null=True)),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('is_on_top', models.BooleanField(default=False)),
                ('target', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='tickets.servicetarget')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='tickets.ticket')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='DayOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('start', models.PositiveSmallIntegerField(default=0)),
                ('end', models.PositiveSmallIntegerField(default=1440)),
                ('name', models.CharField(max_length=120)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days_off', to='tickets.calendar')),
            ],
            options={
                'verbose_name_plural': 'days off',
                'ordering': ('first', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('first__lte', models.F('last'))), name='day_off_in_order'), models.CheckConstraint(condition=models.Q(('end__lte', 1440), ('start__lt', models.F('end'))), name='day_off_within_the_day')],
            },
        ),
        migrations.AddConstraint(
            model_name='servicetarget',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='target_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('met_at', None), ('missed_at', None)), fields=['due_at'], name='clocks_to_miss'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('met_at', None), ('warned_at', None)), fields=['warn_at'], name='clocks_to_warn'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('is_on_top', True)), fields=['due_at', 'ticket'], name='clocks_on_top'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(fields=['target', 'due_at'], name='clocks_of_target'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('met_at', None), ('missed_at__isnull', False)), fields=['ticket'], name='clocks_missed'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.UniqueConstraint(condition=models.Q(('met_at', None)), fields=('ticket', 'kind'), name='one_running_clock_of_a_kind'),
        ),
        migrations.RunPython(make_calendar, migrations.RunPython.noop),
    ]
