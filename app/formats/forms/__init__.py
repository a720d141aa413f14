"""Forms: the template, and workbooks annotated with findings."""
