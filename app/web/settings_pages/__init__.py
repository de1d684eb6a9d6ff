"""The administrators' pages: who may do and see what, and the accounts."""
