"""What tests stand on: real servers, a proxy that fails on request, and the live app."""
