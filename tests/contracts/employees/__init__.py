"""What contracts.EmployeeStore promises, tested on every store."""
