"""Accounts: coming in, second factors, passkeys, and where one is signed in."""
