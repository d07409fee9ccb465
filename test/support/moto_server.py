"""moto, one request at a time: its own server uses threads, which its dictionaries do not survive."""

import os
import signal
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

port = int(sys.argv[1])
os.environ["MOTO_PORT"] = str(port)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
run_simple("127.0.0.1", port, DomainDispatcherApplication(create_backend_app), threaded=False)
