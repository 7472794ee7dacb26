import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { reachConsole } from '#core/api/running-console.ts';
import { runProcess } from '#core/hosts/run-process.ts';
import { findBackgroundProgram } from '../background-program.ts';
import { backgroundUnit } from '../background-unit.ts';
import { userManager } from '../user-manager.ts';

/** Switches the unit on and off beside a real manager, and prints what was seen: `switch-unit.ts DATA_FOLDER OTHER_FOLDER`. */
const [, , data = '', other = ''] = process.argv;
const unit = backgroundUnit({ manager: userManager(), program: findBackgroundProgram(), dataFolder: data });
const off = await unit.state();
const on = await unit.turnOn();
let verified = '';
const analyzed = await runProcess({
  program: '/usr/bin/systemd-analyze',
  arguments: ['--user', 'verify', on.state.file],
  environment: process.env,
  script: '',
  endInput: true,
  timeoutMs: 20_000,
  maxStdoutBytes: 65_536,
  onOutput: (piece) => {
    verified += piece.toString();
  },
});
if (analyzed.how !== 'not-started') verified += analyzed.end.stderr;
let running = null;
for (let tries = 0; running === null && tries < 150; tries += 1) {
  await pause(200);
  running = await reachConsole(data);
}
let watching = false;
for (let tries = 0; running !== null && !watching && tries < 50; tries += 1) {
  await pause(200);
  ({ watching } = await running.client.audit.state());
}
const elsewhere = backgroundUnit({
  manager: userManager(),
  program: findBackgroundProgram(),
  dataFolder: other,
});
const seenFromElsewhere = await elsewhere.state();
const beside = readdirSync(dirname(on.state.file));
const text = readFileSync(on.state.file, 'utf8');
const again = await unit.turnOff();
const left = existsSync(on.state.file) || (await reachConsole(data)) !== null;
writeFileSync(on.state.file, '[Service]\nExecStart=/bin/true\n');
const foreign = await unit.turnOn();
const foreignOff = await unit.turnOff();
const untouched = readFileSync(on.state.file, 'utf8');
process.stdout.write(
  JSON.stringify({
    off,
    on,
    verified,
    watching,
    seenFromElsewhere,
    beside,
    text,
    again,
    left,
    foreign,
    foreignOff,
    untouched,
  }),
);
