"""One suite that every PhotoStore passes; a binding for each kind of store in bindings.py."""
