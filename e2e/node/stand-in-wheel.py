# Writes a wheel (PEP 427) that stands in for mycoSwarm: one command that answers on the port of the API. Prints its SHA-256.
import base64, hashlib, sys, zipfile

NAME = "mycoswarm-0.2.16"
FILES = {
    "mycoswarm/__init__.py": "",
    "mycoswarm/cli.py": """import http.server, pathlib
TOKEN = pathlib.Path.home() / '.config/mycoswarm/swarm-token'
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.headers.get('X-Swarm-Token') == TOKEN.read_text().strip()
        self.send_response(200 if known else 403)
        self.end_headers()
def main():
    http.server.ThreadingHTTPServer(('0.0.0.0', 7890), Answer).serve_forever()
""",
    f"{NAME}.dist-info/METADATA": "Metadata-Version: 2.1\nName: mycoswarm\nVersion: 0.2.16\n",
    f"{NAME}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{NAME}.dist-info/entry_points.txt": "[console_scripts]\nmycoswarm = mycoswarm.cli:main\n",
}


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


record = "".join(f"{path},sha256={digest(text)},{len(text.encode())}\n" for path, text in FILES.items())
FILES[f"{NAME}.dist-info/RECORD"] = record + f"{NAME}.dist-info/RECORD,,\n"
target = f"{sys.argv[1]}/{NAME}-py3-none-any.whl"
with zipfile.ZipFile(target, "w") as wheel:
    for path, text in FILES.items():
        wheel.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
print(hashlib.sha256(open(target, "rb").read()).hexdigest())
