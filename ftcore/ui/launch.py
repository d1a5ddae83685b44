"""Start the web server: ``python -m ftcore.ui.launch``."""

import gc
import os
import socket
import sys

from ftcore.runtime import choose_thread_waiting
from ftcore.settings import ROOT, Settings, load_settings
from ftcore.texts import text
from ftcore.ui.sparing import spare_streamlit

# Libraries that would call home or warn when a process forks.
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
# Any address outside: nothing is sent, the kernel only picks the route's own end.
_ROUTE_PROBE = ("192.0.2.1", 9)  # TEST-NET-1, RFC 5737


def main() -> None:
    """Print the address to open and serve until somebody stops it."""
    gc.disable()  # until the first page has been seen; imports leave no garbage
    settings = load_settings()
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    choose_thread_waiting()
    os.environ["STREAMLIT_SERVER_PORT"] = str(settings.port)
    host = os.environ.get("SPACE_HOST", "localhost")
    # Spares Streamlit a question to the internet for its own address.
    os.environ.setdefault("STREAMLIT_BROWSER_SERVER_ADDRESS", host)
    sys.stdout.write("\n".join(welcome(settings)) + "\n")
    sys.stdout.flush()
    os.chdir(ROOT)
    from streamlit.web import cli  # noqa: PLC0415  (after the settings it reads)

    spare_streamlit()
    cli.main(["run", "app.py"], prog_name="streamlit")


def welcome(settings: Settings) -> list[str]:
    """Return what the terminal says before the server starts."""
    here = f"http://localhost:{settings.port}"
    lines = [text("launch.starting"), text("launch.here", address=here)]
    room = settings.public_url or local_address(settings.port)
    if room:
        lines.append(text("launch.room", address=room))
    lines.append(text("launch.facilitator", address=f"{room or here}/facilitator"))
    lines.append(text("launch.stop"))
    return lines


def local_address(port: int) -> str:
    """Return the address by which the same network reaches us; empty without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ROUTE_PROBE)
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
    return "" if address.startswith("127.") else f"http://{address}:{port}"


if __name__ == "__main__":
    main()
