"""What a request brings: sessions and the caller, parameters, bodies, uploads, retries."""
