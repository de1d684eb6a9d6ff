"""Records of the table Employees: their codec, update expressions and conditions."""
