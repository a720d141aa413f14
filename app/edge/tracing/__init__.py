"""OpenTelemetry: what a traced deployment tells of its requests. Loaded only where it is set up."""
