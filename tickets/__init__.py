"""Tickets: what a customer asked for, everything said about it, and who does what until it is closed."""
