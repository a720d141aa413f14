"""What every request passes before it reaches a route: pure ASGI."""
