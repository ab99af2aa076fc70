"""ASGI apps that only answer, which uvicorn and granian serve: what a mock on the same server could reach at best."""
