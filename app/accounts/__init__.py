"""Accounts: how somebody signs in, stays signed in, and claims a new directory."""
