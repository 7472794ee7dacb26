/** A package of Python as a file: a zip of its modules with metadata and a script (binary distribution format). */
export const MAKE_WHEELS = `
import base64, hashlib, os, sys, zipfile
def wheel(folder, name, version, files, requires=(), wrong=False):
    info = f"{name}-{version}.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = "".join(["Metadata-Version: 2.1\\n", f"Name: {name}\\nVersion: {version}\\n", *(f"Requires-Dist: {one}\\n" for one in requires)])
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files[f"{info}/entry_points.txt"] = f"[console_scripts]\\n{name}={name}.cli:main\\n"
    def row(path, text):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        return f"{path},sha256={digest},{len(text)}\\n"
    record = "".join(row(path, text) for path, text in files.items()) + f"{info}/RECORD,,\\n"
    file = f"{name}-{version}-py3-none-any.whl"
    os.makedirs(f"{folder}/{name}", exist_ok=True)
    with zipfile.ZipFile(f"{folder}/{name}/{file}", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", record)
    digest = "0" * 64 if wrong else hashlib.sha256(open(f"{folder}/{name}/{file}", "rb").read()).hexdigest()
    with open(f"{folder}/{name}/index.html", "a") as page:
        page.write(f'<a href="{file}#sha256={digest}">{file}</a>\\n')
def modules(version):
    return {"demo/__init__.py": f'version = "{version}"\\n', "demo/cli.py": "import demo\\ndef main():\\n    print('demo', demo.version)\\n"}
folder = sys.argv[1]
wheel(folder, "demo", "1.0", {**modules("1.0"), "demo/old/__init__.py": "", "demo/old/gone.py": "x = 1\\n"})
wheel(folder, "demo", "1.1", {**modules("1.1"), "demo/fresh.py": "y = 1\\n"})
wheel(folder, "demo", "1.2", modules("1.2"), wrong=True)
wheel(folder, "demo", "1.3", modules("1.3"), requires=["other>=2"])
wheel(folder, "other", "1.0", {"other/__init__.py": "", "other/cli.py": "def main(): pass\\n"}, requires=["demo"])
with open(f"{folder}/demo/demo-1.4.tar.gz", "w") as source:
    source.write("only source")
with open(f"{folder}/demo/index.html", "a") as page:
    page.write('<a href="demo-1.4.tar.gz">demo-1.4.tar.gz</a>\\n')
`;

/** An account, an index on loopback, and a virtual environment of that account whose pip is set to it, with `demo` 1.0 and `other` 1.0. */
export const REAL_ENVIRONMENT = `
set -e
umask 022
useradd --create-home --home-dir /srv/packager --uid 1511 packager
python=/usr/bin/python3
mkdir -p /srv/index/simple /srv/venvs && chown packager: /srv/venvs
"$python" /srv/make-wheels.py /srv/index/simple
"$python" -I -m http.server --directory /srv/index --bind 127.0.0.1 8911 > /srv/index.log 2>&1 &
setpriv --reuid=packager --regid=packager --clear-groups sh -c '
  umask 022
  /usr/bin/python3 -m venv /srv/venvs/env
  printf "[global]\\nindex-url = http://127.0.0.1:8911/simple\\n" > /srv/venvs/env/pip.conf
  HOME=/srv/packager /srv/venvs/env/bin/pip install --quiet --disable-pip-version-check --retries 5 demo==1.0 other==1.0
'
`;

/** Whether a virtual environment can be made here, for tests that need a real one: null, or why not. */
export const VENV_PROBE = ['/usr/bin/python3', '-I', '-c', 'import ensurepip, venv'] as const;
