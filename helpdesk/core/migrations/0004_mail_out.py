import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_mail_file")]

    operations = [
        migrations.RemoveConstraint(
            model_name="outgoingmail",
            name="mail_status_known",
        ),
        migrations.AddField(
            model_name="organisation",
            name="automatic_stopped_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Automatic mail stands still since then: there was too much of it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="brand_color",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=7, verbose_name="brand colour"
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="undo_seconds",
            field=models.PositiveSmallIntegerField(
                db_default=10, default=10, verbose_name="seconds to undo sending"
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="automatic",
            field=models.CharField(
                blank=True,
                choices=[("", "written by hand"), ("auto-generated", "Notice"), ("auto-replied", "Answer")],
                db_default="",
                default="",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="copy_of",
            field=models.ForeignKey(
                blank=True,
                help_text="The same letter to somebody else.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="copies",
                to="core.outgoingmail",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="envelope_from",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Where bounces go; <> for nowhere, empty: as From.",
                max_length=254,
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="from_address",
            field=models.EmailField(
                blank=True, default="", help_text="Empty: the address of the desk.", max_length=254
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="from_name",
            field=models.CharField(blank=True, default="", max_length=150),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="hold_until",
            field=models.DateTimeField(blank=True, help_text="Until then it can be taken back.", null=True),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="in_reply_to",
            field=models.CharField(blank=True, default="", max_length=998),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="references",
            field=models.TextField(blank=True, default="", help_text="Message-IDs in <>, oldest first."),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="resent_from",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="resent_as",
                to="core.outgoingmail",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="to_name",
            field=models.CharField(blank=True, default="", max_length=150),
        ),
        migrations.AddField(
            model_name="user",
            name="signature",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=2000, verbose_name="signature"
            ),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sending", "Sending"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("bounced", "Bounced"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("status", "queued")), fields=["next_try_at"], name="mail_queued"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("status", "sending")), fields=["lease_until"], name="mail_sending"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("automatic", ""), _negated=True),
                fields=["to", "created_at"],
                name="mail_automatic_to",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("automatic", ""), _negated=True),
                fields=["created_at"],
                name="mail_automatic_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["queued", "sending", "sent", "failed", "cancelled", "bounced"])
                ),
                name="mail_status_known",
            ),
        ),
    ]
