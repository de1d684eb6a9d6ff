"""Sign in at an OpenID provider: authorization code with PKCE, and back-channel logout."""
