import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = '/sys/fs/cgroup';

/** The hierarchies that systemd uses: the one of cgroup v2, and the named one beside it on a hybrid layout. */
function hierarchies(): string[] {
  if (existsSync(`${ROOT}/cgroup.controllers`)) return [ROOT];
  return [`${ROOT}/unified`, `${ROOT}/systemd`].filter((folder) => existsSync(`${folder}/cgroup.procs`));
}

/** Why no control group can be made here, or null. */
export function whyNoCgroup(): string | null {
  const [first] = hierarchies();
  if (first === undefined || !existsSync(`${first}/cgroup.controllers`)) return 'there is no cgroup v2 here';
  return null;
}

/** Control groups of one name, one in each hierarchy, for everything that a container starts. */
export class Cgroup {
  readonly folders: readonly string[];

  private constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  static async make(name: string): Promise<Cgroup> {
    const folders = hierarchies().map((folder) => `${folder}/${name}`);
    for (const folder of folders) await mkdir(folder);
    return new Cgroup(folders);
  }

  /** End every process in it, however deep, wait until they are gone, and take it away. */
  async remove(): Promise<void> {
    for (const folder of this.folders) {
      // cgroup.kill is of cgroup v2, and there every process of the container is.
      if (existsSync(`${folder}/cgroup.kill`)) await writeFile(`${folder}/cgroup.kill`, '1');
      const populated = () => readFile(`${folder}/cgroup.events`, 'utf8').catch(() => 'populated 0');
      for (let waited = 0; waited < 20_000 && (await populated()).includes('populated 1'); waited += 50)
        await sleep(50);
      removeEmpty(folder);
    }
  }
}

/** A control group is removed when those below it are; its files go with it (cgroups(7)). */
function removeEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(`${folder}/${entry.name}`);
  rmdirSync(folder);
}
