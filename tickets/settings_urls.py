"""The pages under Settings that belong to tickets: mail, rules, hours, targets."""

from django.urls import URLPattern, path

from tickets.views import (
    automatic_mail,
    blocked,
    fields,
    hours,
    macros,
    mail_journal,
    mailbox_removal,
    mailboxes,
    targets,
)

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("settings/mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("settings/mailboxes/new/", mailboxes.new_mailbox, name="new-mailbox"),
    path("settings/mailboxes/automatic/", automatic_mail.resume, name="resume-automatic-mail"),
    path("settings/mailboxes/<int:mailbox>/", mailboxes.mailbox, name="mailbox"),
    path("settings/mailboxes/<int:mailbox>/do/", mailboxes.do, name="mailbox-do"),
    path("settings/mailboxes/<int:mailbox>/delete/", mailbox_removal.delete, name="delete-mailbox"),
    path("settings/mailboxes/<int:mailbox>/restore/", mailbox_removal.restore, name="restore-mailbox"),
    path("settings/mail/", mail_journal.mails, name="mails"),
    path("settings/mail/blocked/", blocked.blocked_senders, name="blocked-senders"),
    path("settings/mail/blocked/<int:blocked>/unblock/", blocked.unblock, name="unblock"),
    path("settings/mail/stopped/<int:stopped>/resume/", blocked.resume, name="resume-address"),
    path("settings/mail/<int:incoming>/", mail_journal.mail, name="mail"),
    path("settings/mail/<int:incoming>/raw/", mail_journal.raw, name="mail-raw"),
    path("settings/mail/<int:incoming>/again/", mail_journal.again, name="mail-again"),
    path("settings/macros/", macros.macros, name="macros"),
    path("settings/macros/new/", macros.new, name="new-macro"),
    path("settings/macros/<int:macro>/", macros.macro, name="macro"),
    path("settings/macros/<int:macro>/copy/", macros.copy, name="copy-macro"),
    path("settings/macros/<int:macro>/delete/", macros.delete, name="delete-macro"),
    path("settings/macros/<int:macro>/restore/", macros.restore, name="restore-macro"),
    path("settings/fields/", fields.fields, name="fields"),
    path("settings/fields/<int:field>/", fields.field, name="field"),
    path("settings/hours/", hours.hours, name="hours"),
    path("settings/hours/new/", hours.new_hours, name="new-hours"),
    path("settings/hours/<int:calendar>/", hours.calendar, name="calendar"),
    path("settings/hours/<int:calendar>/delete/", hours.delete_hours, name="delete-hours"),
    path("settings/hours/<int:calendar>/days/", hours.days_off, name="days-off"),
    path("settings/hours/<int:calendar>/days/<int:day>/", hours.remove_day, name="remove-day"),
    path("settings/hours/<int:calendar>/holidays/", hours.public_days, name="public-days"),
    path("settings/targets/", targets.targets, name="targets"),
    path("settings/targets/new/", targets.new_target, name="new-target"),
    path("settings/targets/recalculate/", targets.recalculation, name="recalculation"),
    path("settings/targets/simulate/", targets.simulation, name="simulation"),
    path("settings/targets/<int:target>/", targets.target, name="target"),
    path("settings/targets/<int:target>/delete/", targets.remove_target, name="remove-target"),
]
