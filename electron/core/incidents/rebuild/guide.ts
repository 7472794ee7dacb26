import type { RebuildWish } from '#shared/domain/incident/rebuild.ts';
import { WHAT_TO_SAVE } from '#shared/domain/incident/what-to-save.ts';
import type { Block, ReportDocument } from '../report/report-blocks.ts';
import { CODE_FILE, OUTCOME } from './layout.ts';

const heading = (text: string): Block => ({ kind: 'heading', text });
const list = (...items: string[]): Block => ({ kind: 'list', items });

/** @returns how a node is set up anew with the kit, step by step */
export function guide(wish: RebuildWish, nodeName: string, lacking: readonly string[]): ReportDocument {
  const { hostName, account } = wish;
  return {
    title: `Set up ${nodeName} anew`,
    footer:
      'Written by Swarmkeep for this node. There is no secret in this kit; keep it with the records of the incident all the same.',
    blocks: [
      {
        kind: 'text',
        text: `${nodeName} stays shut off until step 6 is done. Nothing here is urgent any more.`,
      },
      ...(lacking.length > 0
        ? [{ kind: 'text' as const, text: 'What this kit could not know:' }, list(...lacking)]
        : []),
      heading('1. Save what is worth it'),
      {
        kind: 'text',
        text: 'Start the machine from another system, such as a live USB stick, with its cable out. What is on the old disk must not run any more.',
      },
      { kind: 'table', head: ['What', 'What to do', 'How it is checked'], rows: WHAT_TO_SAVE },
      heading('2. Wipe the disk'),
      {
        kind: 'text',
        text: 'Format the whole disk, not only a part of it; a memory card is best replaced. Install updates of the firmware while you are there.',
      },
      heading('3. Install'),
      list(
        'Get the image from the maker of the system, on another computer, and check its signature as its page says.',
        'Debian, or any image with cloud-init: put both files of the folder cloud-init onto a USB stick that is called CIDATA (FAT), and start with it.',
        'Ubuntu Server: put both files of the folder autoinstall onto a USB stick that is called CIDATA, and start the installer with it. It asks for the disk.',
        'Raspberry Pi OS from October 2025 on: write the image, then copy both files of the folder cloud-init onto its first partition, in place of those that are there.',
        `Anything else of Debian's family: install it by hand with the account ${account}, copy the folder by-hand to it, and run: sudo sh install.sh`,
      ),
      heading('4. Wait for the first start'),
      {
        kind: 'text',
        text: `It takes some minutes, for it installs updates. At the end its own screen shows the code of its new host key: four groups of four signs. Without a screen: ${CODE_FILE} on its disk, and ${OUTCOME} says how it went.`,
      },
      heading('5. Let Swarmkeep know it again'),
      list(
        `Type the code that you see at the machine into the incident. Swarmkeep reaches ${hostName} as ${account} only if it is that of the key it meets.`,
        'Swarmkeep looks at it. It has a new id, and no secret of the swarm yet.',
      ),
      heading('6. Pass the gate'),
      list(
        'Every check that it passed before has to pass again, and no package may be a known danger.',
        'Swarmkeep then brings the secret of the swarm, over SSH and never in a file of this kit; mycoSwarm starts with it.',
        'A new baseline of its files is taken, and last of all the other nodes let it in again.',
      ),
    ],
  };
}
