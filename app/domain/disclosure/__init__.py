"""Statistical disclosure control: which figures the public is not shown."""
