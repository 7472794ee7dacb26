import type { EvidenceJob } from './jobs.ts';
import { type AgentPlaces, fromHome, word } from './places.ts';

/** A line of persistence is short; what is longer is cut and says so. */
const SMALL = 1024 * 1024 + 1;

const SYSTEM_FOLDERS = [
  ['/etc/systemd', 'system', 4, 400],
  ['/etc/systemd', 'user', 4, 200],
  ['/run/systemd', 'system', 3, 200],
  ['/run/systemd', 'transient', 2, 200],
  ['/usr/local/lib', 'systemd', 4, 100],
  ['/etc', 'cron.d', 1, 100],
  ['/etc', 'cron.hourly', 1, 100],
  ['/etc', 'cron.daily', 1, 100],
  ['/etc', 'cron.weekly', 1, 100],
  ['/etc', 'cron.monthly', 1, 100],
  ['/var/spool', 'cron', 3, 200],
  ['/var/spool', 'at', 1, 200],
  ['/etc', 'profile.d', 1, 100],
  ['/etc', 'environment.d', 1, 50],
  ['/etc/udev', 'rules.d', 1, 100],
  ['/etc', 'ld.so.conf.d', 1, 50],
  ['/etc', 'pam.d', 1, 100],
  ['/etc', 'modules-load.d', 1, 50],
  ['/etc', 'modprobe.d', 1, 50],
  ['/etc', 'sudoers.d', 1, 100],
  ['/etc/ssh', 'sshd_config.d', 1, 50],
  ['/etc/polkit-1', 'rules.d', 1, 50],
  ['/etc/apt', 'apt.conf.d', 1, 50],
  ['/etc', 'update-motd.d', 1, 50],
  ['/etc/xdg', 'autostart', 1, 50],
  ['/etc/NetworkManager', 'dispatcher.d', 2, 50],
] as const;

const SYSTEM_FILES =
  'crontab anacrontab rc.local profile bash.bashrc environment ld.so.preload ld.so.conf sudoers inittab login.defs doas.conf';

/** Start files of an account, and who may log in as it. */
const HOME_FILES =
  '.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .pam_environment .xsessionrc .xprofile .xinitrc .config/fish/config.fish .ssh/authorized_keys .ssh/authorized_keys2 .ssh/rc .ssh/config .ssh/environment .gitconfig .config/pip/pip.conf .pip/pip.conf .npmrc';
const HOME_FOLDERS = [
  '.config/systemd',
  '.config/autostart',
  '.config/environment.d',
  '.local/share/systemd',
];

/** What starts by itself, and what is installed. */
export function lastingJobs(places: AgentPlaces): EvidenceJob[] {
  const plugins = places.configurationFolders.map((folder) => {
    const { base, rest } = fromHome(folder, places.homes);
    return `files ${word(base)} ${word(`${rest}/plugins`.replace(/^\//, ''))} 6 400 ${SMALL}\n`;
  });
  return [
    {
      subject: 'persistence',
      budgetMs: 60_000,
      body: `piece "$most" 10 'systemctl list-unit-files' systemctl list-unit-files --no-pager --no-legend
piece "$most" 10 'systemctl list-units --all' systemctl list-units --all --no-pager --no-legend
piece "$most" 10 'systemctl list-timers --all' systemctl list-timers --all --no-pager --no-legend
piece "$most" 6 'atq' atq
for name in ${SYSTEM_FILES}; do file /etc '' "$name" ${SMALL}; done
file /etc/ssh '' sshd_config ${SMALL}
init_listing() { ls -lan --time-style=full-iso /etc/init.d /etc/rc?.d /etc/systemd/system/*.wants /etc/systemd/system/*.requires; }
made "$most" 'links of start-up: /etc/init.d, /etc/rc?.d, *.wants' init_listing
${plugins.join('')}${SYSTEM_FOLDERS.map(([base, rest, depth, count]) => `files ${base} ${rest} ${depth} ${count} ${SMALL}\n`).join('')}`,
    },
    {
      subject: 'persistence',
      budgetMs: 60_000,
      body: `home() { # HOME
  [ -d "$1" ] || return 0
  for entry in ${HOME_FILES}; do
    case $entry in */*) below=\${entry%/*} ;; *) below= ;; esac
    # Most of them are nowhere: only what is there, or closed, is worth a line.
    if [ -x "$1" ] && [ ! -e "$1/$entry" ] && [ ! -L "$1/$entry" ] && [ ! -d "$1/$below" -o -x "$1/$below" ]; then continue; fi
    file "$1" "$below" "\${entry##*/}" ${SMALL}
  done
  for entry in ${HOME_FOLDERS.join(' ')}; do [ ! -d "$1/$entry" ] || files "$1" "$entry" 4 200 ${SMALL}; done
}
{ ${places.homes.map((home) => `printf '%s\\n' ${word(home)}; `).join('')}getent passwd | awk -F: '$6 ~ /^\\/./ && $6 !~ /^\\/(nonexistent|proc|dev|sys|bin|usr\\/s?bin|run)/ { print $6 }'; } | awk '!known[$0]++' | head -n 200 | while IFS= read -r account; do home "$account"; done
`,
    },
    {
      subject: 'packages',
      budgetMs: 40_000,
      body: `piece "$most" 20 'dpkg-query -W' dpkg-query -W -f '\${db:Status-Abbrev} \${Package} \${Version} \${Architecture}\\n'
piece "$most" 20 'rpm -qa --last' rpm -qa --last
piece "$most" 10 'apk info -v' apk info -v
piece "$most" 10 'snap list' snap list --all
python_packages() { ${[...places.code, ...places.homes.map((home) => `${home}/.local`)].map((path) => `find ${word(path)} -xdev -maxdepth 6 -type d \\( -name '*.dist-info' -o -name '*.egg-info' \\) -printf '%p %TY-%Tm-%Td %TT\\n'; `).join('')}true; }
made "$most" 'Python packages, by their folders' python_packages
end_of /var/log '' dpkg.log "$most"
end_of /var/log/apt '' history.log "$most"
end_of /var/log '' dnf.log "$most"
`,
    },
  ];
}

/** What stays longest: logs, and hashes of everything that is the agent's. */
export function remainingJobs(places: AgentPlaces): EvidenceJob[] {
  const units = places.units
    .map(
      (unit) =>
        `piece "$most" 20 ${word(`journalctl -u ${unit}`)} journalctl -u ${word(unit)} -o short-iso-precise --no-pager -n 50000\n`,
    )
    .join('');
  const own = places.configurationFolders.map((folder) => {
    const { base, rest } = fromHome(folder, places.homes);
    return `end_of ${word(base)} ${word(rest)} access.log "$most"\n`;
  });
  const logs = places.logFolders.map((folder) => {
    const { base, rest } = fromHome(folder, places.homes);
    return `files ${word(base)} ${word(rest)} 2 50 "$most"\n`;
  });
  const roots = [
    ...new Set([...places.configurationFolders, ...places.workspaces, ...places.code, ...places.homes]),
  ];
  return [
    {
      subject: 'logs',
      budgetMs: 60_000,
      body: `piece "$most" 25 'journalctl -n 20000' journalctl -o short-iso-precise --no-pager -n 20000
${units}${own.join('')}${logs.join('')}for name in auth.log secure syslog messages kern.log cron.log; do end_of /var/log '' "$name" "$most"; done
end_of /var/log audit audit.log "$most"
${logs.length === 0 ? `files /var/log mycoswarm 2 50 "$most"\n` : ''}`,
    },
    {
      subject: 'hashes',
      budgetMs: 60_000,
      body: `program_hashes() { stat -L -c '%d:%i %n' /proc/[0-9]*/exe | awk '!known[$1]++ { print $2 }' | limit 30 xargs -r sha256sum --; true; }
made "$most" 'SHA-256 of all running programs: /proc/PID/exe' program_hashes
${
  roots.length === 0
    ? ''
    : `tree_hashes() { limit 45 find ${roots.map(word).join(' ')} -xdev -type f -size -65537k -print0 | limit 45 xargs -0 -r sha256sum --; true; }
made "$most" 'SHA-256 of the files of the agent' tree_hashes
tree_list() { limit 20 find ${roots.map(word).join(' ')} -xdev -printf '%y %m %U:%G %s %T+ %C+ %p -> %l\\n'; }
made "$most" 'list of the files of the agent' tree_list
`
}`,
    },
  ];
}
