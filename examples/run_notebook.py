"""Run quickstart.ipynb and keep its outputs: in place, or in the file that is given.

    python examples/run_notebook.py [OUT.ipynb]

needs nbclient and passlaw[notebook]. Nothing of the machine is kept: no times, no paths, no versions.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run the notebook in this folder."""
    source = HERE / "quickstart.ipynb"
    notebook = nbformat.read(source, as_version=4)
    NotebookClient(
        notebook, timeout=240, record_timing=False, resources={"metadata": {"path": str(HERE)}}
    ).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.clear()
    nbformat.write(notebook, Path(sys.argv[1]) if len(sys.argv) > 1 else source)


if __name__ == "__main__":
    main()
