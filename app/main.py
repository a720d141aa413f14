"""The application that uvicorn serves; nothing else."""

from app.factory import create_app

app = create_app()
