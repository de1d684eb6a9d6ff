"""Whose request a load balancer's check is."""

from app.runtime import load_balancer


def test_a_load_balancer_that_checks_the_list_is_known() -> None:
    assert load_balancer.is_probe("/", "ELB-HealthChecker/2.0")
    assert not load_balancer.is_probe("/add", "ELB-HealthChecker/2.0")
    assert not load_balancer.is_probe("/", "Mozilla/5.0 ELB-HealthChecker/2.0")
    assert not load_balancer.is_probe("/", "")
