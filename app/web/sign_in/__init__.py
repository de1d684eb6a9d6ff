"""Signing in: pages, OpenID Connect, the headers of a load balancer and of a proxy."""
