"""Terraform modules read without Terraform: their expressions, their resources, their provider."""
