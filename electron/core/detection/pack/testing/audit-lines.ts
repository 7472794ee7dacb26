/** Who does something, as the kernel's records say it. */
export interface Actor {
  uid: number;
  name: string;
  /** Login uid; 4294967295 for services. */
  auid: number;
  session: number;
  /** Key of the audit rule that records it; null for none. */
  key: string | null;
}

/** Writes audit records as auditd on x86-64 with `log_format = ENRICHED` does; one call is one happening. */
export class AuditLines {
  #serial = 100;
  #pid = 2_000;

  /** @returns a new process id */
  pid(): number {
    this.#pid = this.#pid >= 4_000_000 ? 2_000 : this.#pid + 1;
    return this.#pid;
  }

  #happening(
    at: number,
    actor: Actor,
    call: string,
    number: number,
    rest: string,
    process: string,
  ): { id: string; head: string } {
    this.#serial += 1;
    const id = `msg=audit(${Math.floor(at / 1_000)}.${String(at % 1_000).padStart(3, '0')}:${this.#serial})`;
    const { uid, name, auid, session, key } = actor;
    const ids = ['uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid']
      .map((each) => `${each}=${uid}`)
      .join(' ');
    const head = `type=SYSCALL ${id}: arch=c000003e syscall=${number} ${rest} ${process} auid=${auid} ${ids} tty=${session === 4_294_967_295 ? '(none)' : 'pts1'} ses=${session} %% subj=unconfined key=${key === null ? '(null)' : `"${key}"`}\u001dARCH=x86_64 SYSCALL=${call} AUID="${auid === 4_294_967_295 ? 'unset' : name}" UID="${name}" GID="${name}"`;
    return { id, head };
  }

  #title(id: string, argv: readonly string[]): string {
    return `type=PROCTITLE ${id}: proctitle=${Buffer.from(argv.join('\0')).toString('hex').toUpperCase().slice(0, 256)}`;
  }

  /** A program that is started. */
  exec(
    at: number,
    actor: Actor,
    exe: string,
    argv: readonly string[],
    cwd: string,
    parent: number,
    pid = this.pid(),
  ): string[] {
    const { id, head } = this.#happening(
      at,
      actor,
      'execve',
      59,
      'success=yes exit=0 a0=55d0c8 a1=55d0d0 a2=55d0e0 a3=8 items=2',
      `ppid=${parent} pid=${pid}`,
    );
    return [
      head.replace('%%', () => `comm=${quote(exe.split('/').at(-1)?.slice(0, 15) ?? '')} exe=${quote(exe)}`),
      `type=EXECVE ${id}: argc=${argv.length} ${argv.map((word, index) => `a${index}=${quote(word)}`).join(' ')}`,
      `type=CWD ${id}: cwd=${quote(cwd)}`,
      `type=PATH ${id}: item=0 name=${quote(exe)} inode=1048 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\u001dOUID="root" OGID="root"`,
      this.#title(id, argv),
    ];
  }

  /** A connection that is tried; `exit` is 0 or a negative errno. */
  connect(
    at: number,
    actor: Actor,
    exe: string,
    argv: readonly string[],
    ip: string,
    port: number,
    exit: number,
  ): string[] {
    const { id, head } = this.#happening(
      at,
      actor,
      'connect',
      42,
      `success=${exit === 0 ? 'yes' : 'no'} exit=${exit} a0=7 a1=7ffd a2=10 a3=0 items=0`,
      `ppid=1 pid=${this.#pid}`,
    );
    const bytes = [2, 0, port >> 8, port & 255, ...ip.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0];
    return [
      head.replace('%%', () => `comm=${quote(exe.split('/').at(-1)?.slice(0, 15) ?? '')} exe=${quote(exe)}`),
      `type=SOCKADDR ${id}: saddr=${Buffer.from(bytes).toString('hex').toUpperCase()}\u001dSADDR={ saddr_fam=inet laddr=${ip} lport=${port} }`,
      this.#title(id, argv),
    ];
  }

  /** A file that is opened: `read`, `write`, or `create`. */
  open(
    at: number,
    actor: Actor,
    exe: string,
    argv: readonly string[],
    path: string,
    how: 'read' | 'write' | 'create',
  ): string[] {
    const flags = { read: '80000', write: '80401', create: '80241' }[how];
    const { id, head } = this.#happening(
      at,
      actor,
      'openat',
      257,
      `success=yes exit=5 a0=ffffff9c a1=7ffd a2=${flags} a3=1b6 items=1`,
      `ppid=1 pid=${this.#pid}`,
    );
    return [
      head.replace('%%', () => `comm=${quote(exe.split('/').at(-1)?.slice(0, 15) ?? '')} exe=${quote(exe)}`),
      `type=CWD ${id}: cwd="/"`,
      `type=PATH ${id}: item=0 name=${quote(path)} inode=99 dev=08:01 mode=0100644 ouid=${actor.uid} ogid=${actor.uid} rdev=00:00 nametype=${how === 'create' ? 'CREATE' : 'NORMAL'}`,
      this.#title(id, argv),
    ];
  }
}

/** In quotes, or in hexadecimal as the kernel writes what is not plain. */
function quote(text: string): string {
  return /^[\x21\x23-\x7e]+$/.test(text) ? `"${text}"` : Buffer.from(text).toString('hex').toUpperCase();
}
