"""A machine that nobody listed: it announces itself as a node every 300 ms, and writes down every secret that it is sent."""

import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

sys.path.insert(0, sys.argv[1])
from mycoswarm.daemon import Server  # noqa: E402
from mycoswarm.discovery import GROUP, PORT, announcement  # noqa: E402

ADDRESS, HEARD = sys.argv[2], sys.argv[3]


def announce() -> None:
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ADDRESS))
    packet = announcement("stranger", ADDRESS, 7890, {"node_id": "stranger", "version": "0.2.16"})
    while True:
        try:
            out.sendto(packet, (GROUP, PORT))
        except OSError:
            pass
        time.sleep(0.3)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        with open(HEARD, "a", encoding="utf-8") as heard:
            heard.write(self.headers.get("X-Swarm-Token", "") + "\n")
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST

    def log_message(self, *_arguments) -> None:
        pass


threading.Thread(target=announce, daemon=True).start()
Server(("0.0.0.0", 7890), Handler).serve_forever()
