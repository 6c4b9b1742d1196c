"""The figures of the dashboard and the reports are kept here."""
