"""What a bulletin says beside the target: growth on a year before, share and rank."""
