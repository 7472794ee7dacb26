import { terminalConsent } from '../terminal-consent.ts';

// Asks for consent and then for a password in its own terminal, after so many milliseconds.
const gate = terminalConsent(process.stdin, process.stderr);
const lines: readonly string[] = ['1. Load the rules'];
process.stdout.write('started\n');
await new Promise((resolve) => setTimeout(resolve, Number(process.argv[2])));
const agreed = await gate.ask({ title: 'Close the way out', lines });
process.stdout.write(`agreed=${agreed}\n`);
const password = await gate.askPassword?.({ title: 'Password of sudo on miu', lines: [] });
process.stdout.write(`password=${JSON.stringify(password)}\n`);
process.exit(0);
