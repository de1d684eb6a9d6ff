"""What load balancers ask."""


def is_probe(path: str, user_agent: str) -> bool:
    """Return whether AWS's load balancer checks "/", as the course's target group does."""
    return path == "/" and user_agent.startswith("ELB-Health")
