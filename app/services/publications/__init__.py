"""Publications: revisions under a name, what differs between two, what is restated."""
