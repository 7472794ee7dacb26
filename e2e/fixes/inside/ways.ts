import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { HelperReply } from '#core/hosts/helper-channel.ts';
import { openHelperChannel } from '#core/hosts/helper-channel-open.ts';
import { confirmHostKeys } from '#core/hosts/known-hosts.ts';
import { startLoopbackSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { sudoersText } from '#shared/domain/helper/installation.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { NodeAddress } from '#shared/domain/node.ts';

/** Runs as root in a test node with the helper installed; makes accounts of each kind and says how each reached it. */
const PASSWORD = 'corr\'ect "horse" $HOME ü';
execFileSync('sh', ['-c', 'rm -f /etc/sudoers.d/*; mkdir -p /run/sudo']);
writeFileSync(
  '/etc/sudoers',
  'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\nwithpw ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
  {
    mode: 0o440,
  },
);
const sshd = await startLoopbackSshd();
for (const name of ['withpw', 'free', 'outsider']) sshd.addAccount(name);
execFileSync('chpasswd', [], { input: `withpw:${PASSWORD}\noutsider:${PASSWORD}\n` });
writeFileSync('/etc/sudoers.d/swarmkeep', sudoersText('free'), { mode: 0o440 });
await sshd.allowRoot();
mkdirSync('/etc/swarmkeep-ways');

const address = (user: string): Extract<NodeAddress, { kind: 'ssh' }> => ({
  kind: 'ssh',
  host: '127.0.0.1',
  port: sshd.port,
  user,
  identityFile: sshd.identityFile,
});
await confirmHostKeys(sshd.folder, address('root'), [sshd.hostKeyLine]);

let step = 0;
const write = (): HelperRequest => {
  step += 1;
  return {
    version: HELPER_PROTOCOL,
    ask: 'do',
    change: 'd'.repeat(32),
    step,
    action: {
      verb: 'write-file',
      path: `/etc/swarmkeep-ways/${step}`,
      contents: Buffer.from('x').toString('base64'),
      uid: 0,
      gid: 0,
      mode: 0o644,
      expect: { kind: 'absent' },
    },
  };
};
const shown = (reply: HelperReply) =>
  reply.ok
    ? {
        answer: reply.answer.answer,
        ...(reply.answer.answer === 'refused' && { message: reply.answer.message }),
      }
    : { failure: reply.failure.kind, message: reply.failure.message };

async function tryAs(user: string, password: string | null | undefined, bundle: string | null = null) {
  const channel = openHelperChannel({
    address: address(user),
    nodeName: 'miu',
    dataFolder: sshd.folder,
    bundle,
    ...(password === undefined ? {} : { password: () => password }),
  });
  try {
    const access = await channel.access();
    const before = await sshd.countCommands();
    const first = await channel.ask(write());
    const second = await channel.ask(write());
    return {
      access,
      first: shown(first),
      second: shown(second),
      commands: (await sshd.countCommands()) - before,
    };
  } finally {
    await channel.close();
  }
}

/** sudo asked when the way was looked for, and does not ask any more. */
async function tryRelaxed() {
  const channel = openHelperChannel({
    address: address('withpw'),
    nodeName: 'miu',
    dataFolder: sshd.folder,
    bundle: null,
    password: () => PASSWORD,
  });
  try {
    const { via } = await channel.access();
    writeFileSync('/etc/sudoers.d/relaxed', 'withpw ALL=(ALL:ALL) NOPASSWD: ALL\n', { mode: 0o440 });
    return { via, first: shown(await channel.ask(write())), later: (await channel.access()).via };
  } finally {
    execFileSync('rm', ['-f', '/etc/sudoers.d/relaxed']);
    await channel.close();
  }
}

const local = openHelperChannel({ address: { kind: 'local' }, nodeName: 'here', dataFolder: sshd.folder });
const cut = openHelperChannel({ address: address('root'), nodeName: 'miu', dataFolder: sshd.folder });
await cut.access();
// Nothing answers there, so that it lasts.
execFileSync('nft', ['-f', '-'], {
  input: 'table inet silent {\nchain o {\ntype filter hook output priority 0\ntcp dport 9 drop\n}\n}\n',
});
const slow = cut.ask({
  version: HELPER_PROTOCOL,
  ask: 'probe',
  uid: 1,
  probe: { kind: 'connect', address: '127.0.0.1', port: 9, timeoutMs: 4_000 },
});
setTimeout(() => sshd.cutConnections(), 1_500);
const afterCut = shown(await slow);
// The helper there ends by itself, and works for nobody else until then.
await new Promise((resolve) => setTimeout(resolve, 5_000));

const said = {
  local: { access: await local.access(), reply: shown(await local.ask(write())) },
  root: await tryAs('root', undefined),
  free: await tryAs('free', undefined),
  withpw: await tryAs('withpw', PASSWORD),
  relaxed: await tryRelaxed(),
  wrong: await tryAs('withpw', 'wrong'),
  none: await tryAs('withpw', null),
  cannotAsk: await tryAs('withpw', undefined),
  outsider: await tryAs('outsider', PASSWORD),
  outdated: await tryAs('root', undefined, '0'.repeat(64)),
  cut: afterCut,
  arguments: execFileSync('sh', [
    '-c',
    'grep -c correct /var/log/auth.log /root/.bash_history 2>/dev/null || true',
  ]).toString(),
};
await local.close();
await cut.close();
await sshd.close();
process.stdout.write(`\n${JSON.stringify(said)}\n`);
process.exit(0);
