"""What is asked at random, and what must hold whatever comes: `make schema`, `make fuzz`."""
