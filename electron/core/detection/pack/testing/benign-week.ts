import type { FormatId } from '#shared/domain/audit/source.ts';
import { type Actor, AuditLines } from './audit-lines.ts';

/** A line of one of the node's logs, and when it was written. */
export interface WeekLine {
  source: 'audit' | 'daemon' | 'access' | 'system';
  format: FormatId;
  line: string;
  at: number;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Monday, 16 November 2026, 00:00 UTC. */
export const WEEK_START = Date.UTC(2026, 10, 16);
const HOST = 'minotaur';
const UNSET = 4_294_967_295;

const AGENT: Actor = { uid: 1001, name: 'mycoswarm', auid: UNSET, session: UNSET, key: 'swarmkeep' };
const PERSON: Actor = { uid: 1000, name: 'miu', auid: 1000, session: 3, key: 'exec' };
const ROOT: Actor = { uid: 0, name: 'root', auid: 1000, session: 3, key: 'exec' };
const SYSTEM: Actor = { uid: 0, name: 'root', auid: UNSET, session: UNSET, key: 'etc' };
const PYTHON = '/usr/bin/python3.11';
const DAEMON = [PYTHON, '/home/mycoswarm/.local/bin/mycoswarm', 'daemon'];
const PEERS = [
  ['owl', '192.168.1.20'],
  ['raven', '192.168.1.21'],
  ['heron', '192.168.1.23'],
] as const;

/** A small generator of numbers, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What agents' code starts in their workspace on an ordinary day. */
const AGENT_COMMANDS = [
  'ls -la workspace',
  'cat workspace/articles/mushrooms.md',
  'grep -rn spore workspace/research',
  'wc -l workspace/research/notes.csv',
  'sort -u workspace/research/names.txt',
  'git -C workspace status',
  'git -C workspace log --oneline',
  'rm -rf workspace/artifacts/tmp',
  'find workspace -name *.tmp -delete',
  'tar czf workspace/artifacts/results.tgz workspace/articles',
  'chmod +x workspace/run.sh',
  'curl -s http://127.0.0.1:11434/api/tags',
  'curl -s http://127.0.0.1:11434/api/generate -d @workspace/prompt.json',
  'date +%s',
  'curl -s http://192.168.1.20:7890/health',
  'diff workspace/a.md workspace/b.md',
  'pandoc workspace/a.md -o workspace/a.html',
  'uname -a',
  'python3 -m json.tool workspace/data.json',
  'cp workspace/a.md workspace/b.md',
  'mv workspace/b.md workspace/articles/b.md',
  'nproc',
  'df -h',
  'sha256sum workspace/artifacts/results.tgz',
  'head -n 20 workspace/research/notes.csv',
  'touch workspace/done',
  'sqlite3 workspace/x.db .tables',
];

/** What a developer types and what a build starts; gathered from a machine at work, with its names changed. */
const PERSON_COMMANDS = [
  'git status',
  'git log --oneline -20',
  'git commit -m fix',
  'git push origin main',
  'git pull --rebase',
  'git diff --stat',
  'vim src/main.ts',
  'npm install',
  'npm test',
  'npm run build',
  'npx vitest run',
  'node scripts/run.mjs biome check --write src',
  'node scripts/run.mjs tsc',
  'node scripts/run.mjs vitest run --project unit src/core',
  'rm -rf node_modules dist',
  'rm -rf /tmp/build-4711',
  'grep -rn createConsole( src --include=*.ts',
  'grep -v ^src/core',
  'tail -20 build.log',
  'head -30 README.md',
  'cut -c1-1200',
  'stat -c %d:%i %f %s -- app.log',
  'sleep 45',
  'date +%H%M',
  'ssh miu@192.168.1.20',
  'ssh -N -L 8080:127.0.0.1:8080 owl',
  'scp notes.txt owl:/tmp/',
  'rsync -a --delete site/ owl:/srv/site/',
  'ssh-keygen -l -f id.pub',
  'curl -s https://api.github.com/repos/x/y',
  'curl -X POST -d @payload.json http://localhost:3000/api',
  'curl -fsSL https://example.org/tool.tgz -o tool.tgz',
  'pip install -r requirements.txt',
  'python3 -m venv .venv',
  'python3 -m http.server 8000',
  'python3 manage.py test',
  'docker compose up -d',
  'docker ps',
  'docker run --rm -v /home/miu/project:/w node:24 npm test',
  'docker build -t app .',
  'docker system prune -f',
  'make -j4',
  'gcc -O2 -c a.c -o a.o',
  'ld -o a a.o',
  'tar czf /backup/home.tgz /home/miu/project',
  'find . -name *.pyc -delete',
  'find src -name *.ts',
  'chmod 755 run.sh',
  'chmod g+s shared',
  'kill 4711',
  'pgrep -f vite',
  'journalctl -u mycoswarm -n 50',
  'journalctl --disk-usage',
  'systemctl status mycoswarm',
  'less /var/log/syslog',
  'ip a',
  'ping -c1 192.168.1.1',
  'dig example.org',
  'nc -z 192.168.1.20 7890',
  'nmap -sn 192.168.1.0/24',
  'timeout 100 node holder.mjs',
  'basename /home/miu/project',
  'sh -c echo $PATH',
  'bash -c ls | wc -l',
  'base64 -d mail.b64',
  'openssl x509 -in cert.pem -text',
  'tmux attach',
  'htop',
  'crontab -l',
  'code .',
  'gpg --verify SHA256SUMS.asc',
  'sudo apt update',
  'sudo systemctl restart mycoswarm',
  'chromium --type=zygote --headless',
  'qemu-system-x86_64 -accel kvm -m 640',
  'strace -f ls',
  'history',
  'claude -p explain',
];
/** Once: the installer of a tool chain, as its own page tells to. */
const INSTALLER = 'sh -c curl --proto =https --tlsv1.2 -sSf https://sh.rustup.rs | sh';

/** What root does in a week of care. */
const ROOT_COMMANDS = [
  '/usr/bin/apt update',
  '/usr/bin/apt upgrade -y',
  '/usr/bin/dpkg --configure -a',
  '/usr/bin/systemctl restart mycoswarm',
  '/usr/bin/systemctl daemon-reload',
  '/usr/sbin/nft list ruleset',
  '/usr/sbin/auditctl -l',
  '/usr/sbin/auditctl -s',
  '/usr/sbin/iptables -S',
  '/usr/sbin/sysctl -w vm.max_map_count=262144',
  '/usr/sbin/logrotate /etc/logrotate.conf',
  '/usr/sbin/ldconfig',
  '/usr/bin/journalctl --vacuum-time=30d',
  '/usr/sbin/usermod -aG audio miu',
  '/usr/bin/tee /etc/hosts',
  '/usr/sbin/modprobe tun',
  '/usr/bin/mount /dev/sdb1 /mnt',
  '/usr/sbin/ss -tlnp',
];

/** Files that the system's own programs change. */
const SYSTEM_FILES: readonly (readonly [string, string, 'write' | 'create'])[] = [
  ['/usr/bin/dpkg', '/etc/cron.daily/apt-compat.dpkg-new', 'create'],
  ['/usr/bin/dpkg', '/usr/lib/systemd/system/ssh.service.dpkg-new', 'create'],
  ['/usr/bin/systemctl', '/etc/systemd/system/multi-user.target.wants/x.service', 'create'],
  ['/usr/sbin/ldconfig', '/etc/ld.so.cache~', 'create'],
  ['/usr/bin/systemd-sysusers', '/etc/passwd', 'write'],
  ['/usr/bin/vim.basic', '/etc/hosts', 'write'],
  ['/usr/sbin/auditd', '/var/log/audit/audit.log', 'create'],
  ['/usr/local/libexec/swarmkeep/node', '/usr/local/libexec/swarmkeep/record.json', 'create'],
  ['/usr/sbin/logrotate', '/var/log/mycoswarm/shell.log', 'create'],
];

class Week {
  readonly lines: WeekLine[] = [];
  readonly #random: () => number;
  readonly #audit = new AuditLines();

  constructor(seed: number) {
    this.#random = random(seed);
  }

  chance(of: number): boolean {
    return this.#random() < of;
  }
  between(from: number, to: number): number {
    return Math.floor(from + this.#random() * (to - from));
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }

  audit(at: number, lines: readonly string[]): void {
    for (const line of lines) this.lines.push({ source: 'audit', format: 'auditd', line, at });
  }
  daemon(at: number, level: string, message: string): void {
    const clock = new Date(at).toISOString().slice(11, 19);
    this.lines.push({
      source: 'daemon',
      format: 'mycoswarm',
      line: `${clock} | ${level.padEnd(5)} | ${message}`,
      at,
    });
  }
  system(at: number, program: string, message: string): void {
    const line = `${new Date(at).toISOString().replace('Z', '000+00:00')} ${HOST} ${program}: ${message}`;
    this.lines.push({ source: 'system', format: 'syslog', line, at });
  }

  run(at: number, actor: Actor, command: string, cwd: string, parent = 1_500): void {
    const argv = command.split(' ');
    const [word = ''] = argv;
    const exe = word.startsWith('/') ? word : `/usr/bin/${word === 'python3' ? 'python3.11' : word}`;
    // What a person gives to a shell with -c is one argument.
    const words =
      argv[1] === '-c' && (word === 'sh' || word === 'bash') ? [word, '-c', argv.slice(2).join(' ')] : argv;
    this.audit(at, this.#audit.exec(at, actor, exe, words, cwd, parent));
  }

  connect(at: number, ip: string, port: number, exit: number): void {
    this.audit(at, this.#audit.connect(at, AGENT, PYTHON, DAEMON, ip, port, exit));
  }
  file(
    at: number,
    actor: Actor,
    exe: string,
    argv: readonly string[],
    path: string,
    how: 'read' | 'write' | 'create',
  ): void {
    this.audit(at, this.#audit.open(at, actor, exe, argv, path, how));
  }

  startDaemon(at: number): void {
    this.system(at, 'systemd[1]', 'Started mycoswarm.service - mycoSwarm node.');
    this.audit(at, this.#audit.exec(at, AGENT, PYTHON, DAEMON, '/home/mycoswarm', 1));
    this.run(at + 40, AGENT, 'unshare -rn true', '/home/mycoswarm');
    this.file(at + 60, AGENT, PYTHON, DAEMON, '/home/mycoswarm/.config/mycoswarm/swarm-token', 'read');
    this.file(at + 61, AGENT, PYTHON, DAEMON, '/home/mycoswarm/.config/mycoswarm/node_id', 'read');
    this.daemon(at + 80, 'INFO', 'Detecting hardware...');
    this.daemon(at + 300, 'INFO', '🔌 Plugin loaded: example_summarize (task_type=summarize)');
    this.daemon(at + 500, 'INFO', "📡 Announcing: minotaur-1a2b on ['192.168.1.22'] port 7890 [light]");
    this.daemon(at + 700, 'INFO', '🌐 API listening on http://192.168.1.22:7890');
    for (const [name, ip] of PEERS)
      this.daemon(at + 1_500, 'INFO', `Discovered peer: ${name} (${ip}) [light] ['cpu_worker']`);
  }

  task(at: number): void {
    const id = `task-${this.between(0x10000000, 0x7fffffff).toString(16)}`;
    const type = this.pick(['code_run', 'code_run', 'inference', 'file_read', 'web_fetch', 'embedding']);
    const [peer, ip] = this.pick(PEERS);
    this.daemon(at, 'INFO', `📥 Task received: ${id} (${type}) from ${peer}`);
    this.connect(at + 10, '127.0.0.1', 11434, -115);
    this.connect(at + 12, ip, 7890, this.chance(0.5) ? 0 : -115);
    this.daemon(at + 20, 'INFO', `⚙️  Executing: ${id} (${type})`);
    if (type === 'code_run') this.runCode(at + 30);
    if (type === 'file_read') {
      const path = `/home/mycoswarm/workspace/articles/${this.between(1, 40)}.md`;
      this.file(at + 40, AGENT, PYTHON, DAEMON, path, 'read');
      const entry = {
        timestamp: new Date(at).toISOString().slice(0, -1),
        path,
        operation: 'read',
        allowed: true,
        level: 'rw',
        owner: 'shared',
        reason: 'Allowed: rw in shared space',
      };
      this.lines.push({ source: 'access', format: 'mycoswarm', line: JSON.stringify(entry), at: at + 41 });
    }
    if (type === 'web_fetch') {
      // The fence stops it; the log says so once per destination and minute.
      this.connect(at + 45, `198.51.100.${this.between(1, 30)}`, 443, -115);
      this.system(
        at + 46,
        'kernel',
        `[${this.between(1_000, 9_000)}.5] swarmkeep agent stopped: IN= OUT=eth0 SRC=192.168.1.22 DST=198.51.100.7 LEN=60 TOS=0x00 TTL=64 PROTO=TCP SPT=${this.between(30_000, 60_000)} DPT=443 SYN URGP=0 UID=1001 GID=1001 `,
      );
    }
    if (this.chance(0.97)) this.daemon(at + 900, 'INFO', `✅ Completed: ${id} (0.9s)`);
    else this.daemon(at + 900, 'ERROR', `❌ Failed: ${id} — Ollama inference timed out after 300s`);
  }

  runCode(at: number): void {
    this.daemon(at, 'INFO', '🔒 Running code (timeout=30s, net_isolated=True)');
    const folder = `/tmp/myco_sandbox_${this.between(0x100000, 0xffffff).toString(36)}`;
    this.file(at + 2, AGENT, PYTHON, DAEMON, `${folder}/run.py`, 'create');
    this.run(at + 5, AGENT, `unshare -rn /usr/bin/python3 ${folder}/run.py`, folder);
    this.run(at + 8, AGENT, `/usr/bin/python3.11 ${folder}/run.py`, folder);
    for (let count = this.between(2, 6); count > 0; count--) {
      this.file(
        at + 20,
        AGENT,
        PYTHON,
        ['/usr/bin/python3', `${folder}/run.py`],
        `/home/mycoswarm/workspace/research/${this.between(1, 90)}.csv`,
        this.pick(['read', 'read', 'write', 'create']),
      );
      this.run(at + 25, AGENT, this.pick(AGENT_COMMANDS), '/home/mycoswarm');
    }
  }
}

/** The week's rhythm: the swarm works day and night, a person on working days, the system every hour. */
function fill(week: Week): void {
  for (let at = WEEK_START; at < WEEK_START + 7 * DAY; at += 30_000) {
    // How it finds out its own address: a datagram socket that never sends anything.
    if (at % (10 * MINUTE) === 0) week.connect(at, '8.8.8.8', 80, 0);
    if (week.chance(0.2)) week.daemon(at + 5, 'INFO', `Updated peer: ${week.pick(PEERS)[0]} (192.168.1.20)`);
    if (week.chance(0.17)) week.task(at + week.between(100, 20_000));
    const hour = new Date(at).getUTCHours();
    const works = hour >= 8 && hour < 18 && new Date(at).getUTCDay() % 6 !== 0;
    if (works)
      for (let count = week.between(0, 6); count > 0; count--)
        week.run(at + week.between(0, 29_000), PERSON, week.pick(PERSON_COMMANDS), '/home/miu/project');
    if (works && week.chance(0.01)) week.run(at + 300, ROOT, week.pick(ROOT_COMMANDS), '/root');
  }
  for (let at = WEEK_START; at < WEEK_START + 7 * DAY; at += HOUR) {
    week.system(at + 17 * MINUTE, 'CRON[4711]', '(root) CMD (cd / && run-parts --report /etc/cron.hourly)');
    week.system(
      at + 20 * MINUTE,
      'systemd[1]',
      'Starting apt-daily.service - Daily apt download activities...',
    );
    week.system(at + 21 * MINUTE, 'systemd[1]', 'apt-daily.service: Deactivated successfully.');
    week.system(
      at + 30 * MINUTE,
      'kernel',
      '[ 99.5] [UFW BLOCK] IN=eth0 OUT= MAC=01:00:5e SRC=192.168.1.1 DST=224.0.0.1 LEN=36 PROTO=2 ',
    );
    week.run(at + 18 * MINUTE, SYSTEM, '/usr/sbin/logrotate /etc/logrotate.conf', '/');
    for (const [exe, path, how] of SYSTEM_FILES)
      if (week.chance(0.1)) week.file(at + 19 * MINUTE, SYSTEM, exe, [exe], path, how);
    if (week.chance(0.3)) {
      week.system(
        at + MINUTE,
        'sshd[900]',
        `Accepted publickey for miu from 192.168.1.5 port ${week.between(30_000, 60_000)} ssh2: ED25519 SHA256:abc`,
      );
      week.system(
        at + 2 * MINUTE,
        'sudo',
        '     miu : TTY=pts/1 ; PWD=/home/miu ; USER=root ; COMMAND=/usr/bin/systemctl restart mycoswarm',
      );
    }
    if (week.chance(0.03))
      week.system(at + MINUTE, 'sshd[901]', 'Failed password for miu from 192.168.1.5 port 40000 ssh2');
  }
  for (const day of [0, 2, 5]) week.startDaemon(WEEK_START + day * DAY + 9 * HOUR);
  // The console's own question whether the agent's programs are recorded.
  for (let day = 0; day < 7; day++)
    week.run(
      WEEK_START + day * DAY + 10 * HOUR,
      AGENT,
      'env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C /bin/true swarmkeep-probe-f1d4b6e64ae50a47',
      '/',
    );
  week.run(WEEK_START + 3 * DAY + 11 * HOUR, PERSON, INSTALLER, '/home/miu');
}

/**
 * A week of a node that works and of the person who works on it, in which nothing bad happens: what mycoSwarm's stand-in writes for each
 * kind of task, what the audit rules for the agent record of it, a developer's programs, and the system's care of itself.
 * @returns lines of all logs by time, about 300,000
 */
export function benignWeek(seed = 1): WeekLine[] {
  const week = new Week(seed);
  fill(week);
  return week.lines.sort((one, two) => one.at - two.at);
}
