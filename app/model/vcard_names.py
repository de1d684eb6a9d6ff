"""The names by which an import recognizes a vCard of ours, with all its fields."""

PRODUCT_ID = "-//Employee Directory//EN"
