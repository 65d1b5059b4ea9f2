# problem: add
# verdict: wrong_answer | runtime_error | blocked | exited
# why: Starts a shell and other programs.
# unsafe: true
import subprocess


def add(a, b):
    for command in (["sh", "-c", "echo passed"], ["python3", "-c", "print(1)"], ["id"], ["ps", "aux"]):
        try:
            if subprocess.run(command, capture_output=True, timeout=1).returncode == 0:
                return a + b
        except (OSError, subprocess.SubprocessError):
            pass
    return None
