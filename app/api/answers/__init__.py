"""What a request gets: lists, files in the format asked for, and problems."""
