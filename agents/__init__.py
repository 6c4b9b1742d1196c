"""Clients, contacts, devices and their Windows profiles: who may ring, and from where."""
