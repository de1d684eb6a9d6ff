"""The whole directory over HTTP, in both worlds, against everything that it must withstand."""
