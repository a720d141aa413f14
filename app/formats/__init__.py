"""What is read from files and written to them: plan files in, tables of rows in and out."""
