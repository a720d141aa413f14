"""The application that uvicorn serves; nothing else."""

from app.factory import create_app
from app.starting import settle

app = create_app()
settle()
