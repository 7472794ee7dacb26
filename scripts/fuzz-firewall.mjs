// `npm run fuzz:firewall [packets] [first seed]`: holds the firewall model against this machine's kernel, in a namespace of its own.

import { fuzz } from '../electron/core/firewall/kernel/fuzz.ts';
import { INTERFACES, ROUTES } from '../electron/core/firewall/kernel/setting.ts';
import { openPacketLab, whyNoPacketLab } from '../electron/core/hosts/testing/packet-lab.ts';

const packets = Number(process.argv[2] ?? 50_000);
const firstSeed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const reason = whyNoPacketLab();
if (!Number.isSafeInteger(packets) || packets < 1 || !Number.isSafeInteger(firstSeed)) {
  console.error('Usage: npm run fuzz:firewall [-- PACKETS [FIRST-SEED]]');
  process.exit(64);
}
if (reason !== null) {
  console.error(`The kernel cannot be asked here: ${reason}.`);
  process.exit(2);
}
console.log(`${packets} packets from seed ${firstSeed}`);
const lab = await openPacketLab(INTERFACES, ROUTES, true);
// Interrupted or not, the namespaces go.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => lab.close().then(() => process.exit(130)));
try {
  const began = performance.now();
  const { counts, differences, listedOtherwise, reasons } = await fuzz(lab, firstSeed, packets, 10);
  const seconds = (performance.now() - began) / 1000;
  for (const { seed, text } of differences)
    console.log(`\nThe model and the kernel differ, seed ${seed}:\n${text}`);
  for (const { seed, text } of listedOtherwise)
    console.log(
      `\nnft lists other rules than it loaded, and the model goes by what is listed, seed ${seed}:\n${text}`,
    );
  const told = counts.agrees + counts.unknown + counts.may + counts.differs + counts.listedOtherwise;
  const share = (counts.unknown / told) * 100;
  for (const [why, times] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 5))
    console.log(`unknown ${times} times: ${why}`);
  console.log(
    `${counts.ruleSets} rule sets (${counts.refused} refused by their programs), ${told} packets, ${counts.differs} disagreements, ` +
      `${counts.listedOtherwise} under rules that nft lists otherwise than it loaded them, ${share.toFixed(2)} % unknown, ${counts.may} only may pass, ${(told / seconds).toFixed(0)} packets/s`,
  );
  console.log(`verdicts: ${JSON.stringify(counts.verdicts)}`);
  process.exitCode = differences.length > 0 || share >= 2 ? 1 : 0;
} finally {
  await lab.close();
}
