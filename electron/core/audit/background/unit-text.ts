import type { BackgroundProgram } from './background-program.ts';

/** First line of every unit that Swarmkeep wrote: nothing else is replaced or removed. */
export const UNIT_MARK = '# Written by Swarmkeep, and taken away again in its settings.';

/** Characters with a meaning of their own in a quoted word of ExecStart= (systemd.syntax(7), systemd.service(5)), and unseen ones. */
const UNFIT = /["'\\$`\p{Cc}\p{Cf}\u2028\u2029\ufffd]/u;

/** @returns a path as a word of a unit; null for one that cannot be written there without being read otherwise */
function word(path: string): string | null {
  if (!path.startsWith('/') || path.length > 4_096 || UNFIT.test(path)) return null;
  // A percent sign begins a specifier (systemd.unit(5)).
  return `"${path.replaceAll('%', '%%')}"`;
}

/**
 * The unit of the user that watches while no window is open (systemd.unit(5), systemd.service(5)).
 * @param dataFolder the prepared data folder
 * @returns null when one of the paths cannot stand in a unit
 */
export function unitText({ node, program }: BackgroundProgram, dataFolder: string): string | null {
  const words = [word(node), word(program), word(dataFolder)];
  const [run, script, folder] = words;
  if (words.some((entry) => entry === null)) return null;
  return `${UNIT_MARK}
[Unit]
Description=Swarmkeep: watches the logs of the swarm while its window is closed

[Service]
Type=simple
ExecStart=${run} ${script} --background --data-dir ${folder}
Restart=on-failure
RestartSec=10
TimeoutStopSec=20
UMask=0077
Nice=5

[Install]
WantedBy=default.target
`;
}
