"""Deployment: scripts, locks, the archive, and a real boot of a machine under systemd-nspawn."""
