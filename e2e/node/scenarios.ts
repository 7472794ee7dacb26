/**
 * Machines as people have them, set up for real in a booted guest. Each is a POSIX sh script run as root; the stand-in
 * daemon lies in /root/stand-in-mycoswarm.
 */

/** A personal account with what a personal account has: a password, sudo, keys, a browser profile. */
const OPERATOR = `
useradd -m -s /bin/bash -G sudo minotaur
echo 'minotaur:correct horse battery' | chpasswd
mkdir -p /home/minotaur/.ssh /home/minotaur/.mozilla/firefox /home/minotaur/Documents
install -m 600 /root/.ssh/authorized_keys /home/minotaur/.ssh/authorized_keys
echo 'not a real key' > /home/minotaur/.ssh/id_ed25519
chmod 600 /home/minotaur/.ssh/id_ed25519
chown -R minotaur:minotaur /home/minotaur
chmod 755 /home/minotaur`;

const startStock = (user: string, home: string) => `
chmod -R a+rX /root/stand-in-mycoswarm; cp -R /root/stand-in-mycoswarm /opt/stand-in
su ${user} -s /bin/sh -c 'umask 022; /opt/stand-in/install.sh ${home} venv' >/dev/null
sed -e 's#User=minotaur#User=${user}#' -e 's#/home/minotaur#${home}#' /opt/stand-in/mycoswarm.service > /etc/systemd/system/mycoswarm.service
systemctl daemon-reload
systemctl enable --now mycoswarm.service 2>/dev/null
for i in $(seq 1 60); do curl -s -o /dev/null http://127.0.0.1:7890/health && break; sleep 0.5; done`;

const STOCK = `${OPERATOR}\n${startStock('minotaur', '/home/minotaur')}`;

/** Everything that can be done on a node by hand, as the security model means it. */
const HARDENED = `
${OPERATOR}
chmod 750 /home/minotaur
useradd -r -M -d /var/lib/mycoswarm -s /usr/sbin/nologin mycoswarm
mkdir -p /opt/mycoswarm /var/lib/mycoswarm/workspace
chmod -R a+rX /root/stand-in-mycoswarm; cp -R /root/stand-in-mycoswarm /opt/stand-in
umask 022; /opt/stand-in/install.sh /opt/mycoswarm venv >/dev/null
chown -R root:root /opt/mycoswarm
mkdir -p /var/lib/mycoswarm/.config/mycoswarm/plugins
chown root:mycoswarm /var/lib/mycoswarm /var/lib/mycoswarm/.config /var/lib/mycoswarm/.config/mycoswarm /var/lib/mycoswarm/.config/mycoswarm/plugins
chmod 750 /var/lib/mycoswarm /var/lib/mycoswarm/.config /var/lib/mycoswarm/.config/mycoswarm /var/lib/mycoswarm/.config/mycoswarm/plugins
chown mycoswarm:mycoswarm /var/lib/mycoswarm/workspace; chmod 700 /var/lib/mycoswarm/workspace
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n' > /var/lib/mycoswarm/.config/mycoswarm/swarm-token
echo >> /var/lib/mycoswarm/.config/mycoswarm/swarm-token
chown mycoswarm:mycoswarm /var/lib/mycoswarm/.config/mycoswarm/swarm-token; chmod 400 /var/lib/mycoswarm/.config/mycoswarm/swarm-token
echo 0123456789abcdef > /var/lib/mycoswarm/.config/mycoswarm/node_id
touch /var/lib/mycoswarm/.config/mycoswarm/access.log; chown mycoswarm /var/lib/mycoswarm/.config/mycoswarm/access.log
cat > /etc/systemd/system/mycoswarm.service <<'UNIT'
[Unit]
Description=mycoSwarm node (stand-in)
After=network-online.target
[Service]
User=mycoswarm
Environment=HOME=/var/lib/mycoswarm
WorkingDirectory=/var/lib/mycoswarm/workspace
ExecStart=/opt/mycoswarm/mycoSwarm/venv/bin/mycoswarm daemon
Restart=on-failure
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
LockPersonality=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=user net
SystemCallArchitectures=native
UMask=0077
ReadWritePaths=/var/lib/mycoswarm/workspace /var/lib/mycoswarm/.config/mycoswarm/access.log
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable auditd 2>/dev/null
# The kernel's audit belongs to the machine and not to a container on it.
systemctl start auditd || systemd-detect-virt --quiet --container
cat > /etc/audit/rules.d/mycoswarm.rules <<RULES
-a always,exit -F arch=b64 -S execve,execveat -F uid=$(id -u mycoswarm) -k mycoswarm-exec
-a always,exit -F arch=b32 -S execve,execveat -F uid=$(id -u mycoswarm) -k mycoswarm-exec
-a always,exit -F arch=b64 -S connect,sendto,openat,open -F uid=$(id -u mycoswarm) -k mycoswarm-net
-a always,exit -F arch=b32 -S connect,sendto,openat,open -F uid=$(id -u mycoswarm) -k mycoswarm-net
RULES
augenrules --load >/dev/null 2>&1 || true
mkdir -p /etc/ssh/sshd_config.d
printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication no\\nPermitRootLogin prohibit-password\\n' > /etc/ssh/sshd_config.d/10-keys.conf
systemctl reload ssh
systemctl daemon-reload
systemctl enable --now mycoswarm.service 2>/dev/null
for i in $(seq 1 60); do curl -s -o /dev/null http://127.0.0.1:7890/health && break; sleep 0.5; done`;

const UFW = `${STOCK}
ufw --force default deny incoming >/dev/null; ufw allow 22/tcp >/dev/null; ufw allow from 192.168.0.0/16 to any port 7890 proto tcp >/dev/null
ufw --force enable >/dev/null; systemctl enable --now ufw 2>/dev/null`;

const FIREWALLD = `${STOCK}
systemctl enable --now firewalld 2>/dev/null
for i in $(seq 1 60); do firewall-cmd --state >/dev/null 2>&1 && break; sleep 1; done
firewall-cmd --permanent --add-port=7890/tcp >/dev/null; firewall-cmd --reload >/dev/null`;

const LEGACY = `${STOCK}
update-alternatives --set iptables /usr/sbin/iptables-legacy >/dev/null
update-alternatives --set ip6tables /usr/sbin/ip6tables-legacy >/dev/null
mv /usr/sbin/nft /usr/sbin/nft.away
uid=$(id -u minotaur)
for net in 127.0.0.0/8 192.168.0.0/16 10.0.0.0/8 172.16.0.0/12; do iptables -A OUTPUT -m owner --uid-owner "$uid" -d "$net" -j ACCEPT; done
iptables -A OUTPUT -m owner --uid-owner "$uid" -j DROP`;

const CONTAINERS = `${STOCK}
systemctl enable --now containerd docker 2>/dev/null
for i in $(seq 1 60); do docker info >/dev/null 2>&1 && break; sleep 1; done
usermod -aG docker minotaur
mkdir -p /tmp/image/bin; cp /bin/busybox /tmp/image/bin/ 2>/dev/null || cp -L /bin/sleep /tmp/image/bin/
(cd / && tar -cf - bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*') 2>/dev/null -h) | docker import - stand-in:latest >/dev/null
docker run -d --name published -p 5433:5432 stand-in:latest /bin/sleep 100000 >/dev/null
docker run -d --name everything --privileged -v /var/run/docker.sock:/var/run/docker.sock:ro stand-in:latest /bin/sleep 100000 >/dev/null`;

/** Each scenario with the account that collects. */
export const SCENARIOS = {
  stock: { script: STOCK, as: 'root' },
  hardened: { script: HARDENED, as: 'root' },
  'no-mycoswarm': { script: OPERATOR, as: 'root' },
  ufw: { script: UFW, as: 'root' },
  firewalld: { script: FIREWALLD, as: 'root' },
  'iptables-legacy': { script: LEGACY, as: 'root' },
  containers: { script: CONTAINERS, as: 'root' },
  /** The console's own account is the one under which the agent runs. */
  'agent-is-operator': { script: STOCK, as: 'minotaur' },
  'not-root': { script: `${HARDENED}\ngpasswd -d minotaur sudo >/dev/null`, as: 'minotaur' },
} as const;
export type ScenarioName = keyof typeof SCENARIOS;
