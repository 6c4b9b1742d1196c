"""Rules about tickets that need neither Django nor a database."""
