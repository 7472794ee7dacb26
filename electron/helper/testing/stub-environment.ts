/**
 * A virtual environment below /srv/py in which Python is a script that knows the two things that are asked of pip: unpack what lies in
 * /srv/py-staged, and say what stands in /srv/py-unmet. For what the helper does before and afterwards; pip itself is tried elsewhere.
 * `demo` 1.0 has a file that 1.1 lacks, bytecode, an access list, an attribute, and times of its own.
 */
export const STUB_ENVIRONMENT = `
set -e
umask 022
rm -rf /srv/py /srv/py-staged /srv/py-unmet && mkdir -p /srv/py/env/bin && cd /srv/py/env
site=lib/python3.11/site-packages
mkdir -p $site/demo/old/__pycache__ $site/demo/__pycache__ $site/demo-1.0.dist-info $site/shared $site/other include
ln -s lib lib64
printf 'home = /usr/bin\\n' > pyvenv.cfg
cat > bin/python <<'END'
#!/bin/sh
case "$*" in
  *' check') if [ -s /srv/py-unmet ]; then cat /srv/py-unmet; exit 1; fi ;;
  *' install '*)
    id -u > /srv/py-asked/uid; echo "$*" > /srv/py-asked/words
    while [ "$1" != --root ]; do shift; done
    if [ -e /srv/py-staged/says ]; then cat /srv/py-staged/says; exit 1; fi
    mkdir -p "$2/srv/py" && cp -R /srv/py-staged/env "$2/srv/py/env" ;;
esac
END
chmod 755 bin/python
put() { printf "$2" > "$1"; }
put $site/demo/__init__.py 'version = "1.0"\\n'
put $site/demo/old/gone.py 'x = 1\\n'
put $site/demo/__pycache__/__init__.cpython-311.pyc 'code of 1.0'
put $site/demo/old/__pycache__/gone.cpython-311.pyc 'code of gone'
put $site/shared/of_demo.py '1.0'
put $site/shared/of_other.py 'other'
put $site/other/__init__.py ''
put bin/demo '#!/srv/py/env/bin/python\\nold\\n' && chmod 755 bin/demo
put bin/other '#!/srv/py/env/bin/python\\n' && chmod 755 bin/other
put $site/demo-1.0.dist-info/METADATA 'Metadata-Version: 2.1\\nName: Demo\\nVersion: 1.0\\n\\nText\\n'
put $site/demo-1.0.dist-info/INSTALLER 'pip\\n'
put $site/demo-1.0.dist-info/RECORD 'demo/__init__.py,,\\ndemo/old/gone.py,,\\nshared/of_demo.py,,\\n../../../bin/demo,,\\ndemo-1.0.dist-info/METADATA,,\\ndemo-1.0.dist-info/RECORD,,\\n'
setfacl -m u:7:r $site/demo/__init__.py && setfattr -n user.note -v kept $site/demo/__init__.py
# Python may write in its stage only, and /dev is left as it is.
rm -rf /srv/py-asked && mount -t tmpfs -o mode=1777 tmpfs /dev/shm && mkdir -m 1777 /dev/shm/py-asked && ln -s /dev/shm/py-asked /srv/py-asked
chown -hR 1501:1502 /srv/py/env
find . -depth -exec touch -h -d @1500000000.123456789 {} +
touch -d @1500000001.5 /srv/py
new=/srv/py-staged/env && mkdir -p $new/bin $new/$site/demo/fresh $new/$site/demo-1.1.dist-info $new/$site/shared $new/share/demo
put $new/$site/demo/__init__.py 'version = "1.1"\\n'
put $new/$site/demo/fresh/thing.py 'y = 2\\n'
put $new/$site/shared/of_demo.py '1.1'
put $new/share/demo/note 'text'
put $new/bin/demo '#!/srv/py/env/bin/python\\nnew\\n' && chmod 755 $new/bin/demo
put $new/$site/demo-1.1.dist-info/METADATA 'Metadata-Version: 2.1\\nName: Demo\\nVersion: 1.1\\n'
put $new/$site/demo-1.1.dist-info/RECORD 'demo/__init__.py,,\\n'
`;

/** The step that upgrades `demo` in it. */
export const STUB_UPGRADE = {
  verb: 'upgrade-packages',
  path: '/srv/py/env',
  site: 'lib/python3.11/site-packages',
  packages: [{ name: 'demo', from: '1.0', to: '1.1' }],
  expect: { kind: 'any' },
} as const;
