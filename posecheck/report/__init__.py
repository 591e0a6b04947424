"""What is written about a set: JSON, tables, the terminal and pages."""
