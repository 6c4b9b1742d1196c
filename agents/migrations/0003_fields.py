"""Fields that a desk adds to contacts and devices."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_mail")]

    operations = [
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('belongs_to', models.CharField(choices=[('ticket', 'Tickets'), ('contact', 'Contacts'), ('device', 'Devices')], max_length=8)),
                ('key', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('type', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('choice', 'Choice'), ('date', 'Date'), ('yes-no', 'Yes or no')], max_length=8, verbose_name='type')),
                ('choices', models.JSONField(blank=True, default=list)),
                ('is_required', models.BooleanField(default=False, verbose_name='needed before a ticket is closed')),
                ('place', models.PositiveIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('belongs_to', 'place', 'id'),
                'constraints': [models.UniqueConstraint(models.F('belongs_to'), django.db.models.functions.text.Lower('key'), name='agents_field_key_once'), models.CheckConstraint(condition=models.Q(('belongs_to__in', ['ticket', 'contact', 'device'])), name='agents_field_of_known'), models.CheckConstraint(condition=models.Q(('type__in', ['text', 'number', 'choice', 'date', 'yes-no'])), name='agents_field_type_known')],
            },
        ),
        migrations.CreateModel(
            name='ContactValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=400)),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_values', to='agents.contact')),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.customfield')),
            ],
            options={
                'indexes': [models.Index(fields=['field', 'value', 'contact'], name='agents_contact_values')],
                'constraints': [models.UniqueConstraint(fields=('contact', 'field'), name='agents_contact_value_once')],
            },
        ),
        migrations.CreateModel(
            name='DeviceValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=400)),
                ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_values', to='agents.device')),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.customfield')),
            ],
            options={
                'indexes': [models.Index(fields=['field', 'value', 'device'], name='agents_device_values')],
                'constraints': [models.UniqueConstraint(fields=('device', 'field'), name='agents_device_value_once')],
            },
        ),
    ]
