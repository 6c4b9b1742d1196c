"""Deskbell, a helpdesk."""
